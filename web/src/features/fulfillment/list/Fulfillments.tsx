import { Bones } from '../../../shared/ui';

export function Fulfillments() {
  return <Bones />;
}
