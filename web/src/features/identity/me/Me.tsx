import { Bones } from '../../../shared/ui';

export function Me() {
  return <Bones />;
}
