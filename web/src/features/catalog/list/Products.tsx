import { Bones } from '../../../shared/ui';

export function Products() {
  return <Bones />;
}
