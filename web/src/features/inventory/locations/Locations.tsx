import { Bones } from '../../../shared/ui';

export function Locations() {
  return <Bones />;
}
