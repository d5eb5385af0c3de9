import { Bones } from '../../shared/ui';

export function System() {
  return <Bones />;
}
