import { Bones } from '../../../shared/ui';

export function OrderDesk() {
  return <Bones />;
}
