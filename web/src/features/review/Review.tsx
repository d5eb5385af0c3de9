import { Bones } from '../../shared/ui';

export function Review() {
  return <Bones />;
}
