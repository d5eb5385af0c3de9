import { Bones } from '../../../shared/ui';

export function Carriers() {
  return <Bones />;
}
