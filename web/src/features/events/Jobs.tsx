import { Bones } from '../../shared/ui';

export function Jobs() {
  return <Bones />;
}
