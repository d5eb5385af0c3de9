import { Bones } from '../../../shared/ui';

export default function Invitation() {
  return <Bones />;
}
