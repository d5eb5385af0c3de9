import { Bones } from '../../../shared/ui';

export function Movements() {
  return <Bones />;
}
