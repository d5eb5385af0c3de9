import { Bones } from '../../../shared/ui';

export default function Setup() {
  return <Bones />;
}
