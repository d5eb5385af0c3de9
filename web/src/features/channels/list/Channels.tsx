import { Bones } from '../../../shared/ui';

export function Channels() {
  return <Bones />;
}
