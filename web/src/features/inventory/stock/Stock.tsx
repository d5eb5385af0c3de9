import { Bones } from '../../../shared/ui';

export function Stock() {
  return <Bones />;
}
