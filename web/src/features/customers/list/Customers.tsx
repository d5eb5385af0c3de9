import { Bones } from '../../../shared/ui';

export function Customers() {
  return <Bones />;
}
