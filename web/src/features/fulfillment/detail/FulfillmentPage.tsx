import { Bones } from '../../../shared/ui';

export function FulfillmentPage() {
  return <Bones />;
}
