import { Bones } from '../../shared/ui';

export function Imports() {
  return <Bones />;
}
