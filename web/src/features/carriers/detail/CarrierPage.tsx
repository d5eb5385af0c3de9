import { Bones } from '../../../shared/ui';

export function CarrierPage() {
  return <Bones />;
}
