import { Bones } from '../../../shared/ui';

export function Orders() {
  return <Bones />;
}
