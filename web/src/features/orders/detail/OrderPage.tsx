import { Bones } from '../../../shared/ui';

export function OrderPage() {
  return <Bones />;
}
