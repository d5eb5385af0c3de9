import { Bones } from '../../../shared/ui';

export function CustomerPage() {
  return <Bones />;
}
