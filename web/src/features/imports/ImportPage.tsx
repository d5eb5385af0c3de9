import { Bones } from '../../shared/ui';

export function ImportPage() {
  return <Bones />;
}
