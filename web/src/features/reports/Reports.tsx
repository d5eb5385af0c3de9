import { Bones } from '../../shared/ui';

export function Reports() {
  return <Bones />;
}
