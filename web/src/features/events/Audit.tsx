import { Bones } from '../../shared/ui';

export function Audit() {
  return <Bones />;
}
