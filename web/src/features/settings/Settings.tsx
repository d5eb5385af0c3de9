import { Bones } from '../../shared/ui';

export function Settings() {
  return <Bones />;
}
