import { Bones } from '../../../shared/ui';

export function Users() {
  return <Bones />;
}
