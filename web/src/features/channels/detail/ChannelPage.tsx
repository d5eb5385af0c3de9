import { Bones } from '../../../shared/ui';

export function ChannelPage() {
  return <Bones />;
}
