import { Bones } from '../../shared/ui';

export function Today() {
  return <Bones />;
}
