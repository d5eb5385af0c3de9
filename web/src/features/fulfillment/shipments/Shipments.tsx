import { Bones } from '../../../shared/ui';

export function Shipments() {
  return <Bones />;
}
