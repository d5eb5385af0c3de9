import { Bones } from '../../../shared/ui';

export function ProductPage() {
  return <Bones />;
}
