import { Bones } from '../../../shared/ui';

export function LocationPage() {
  return <Bones />;
}
