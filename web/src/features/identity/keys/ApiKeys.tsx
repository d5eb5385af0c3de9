import { Bones } from '../../../shared/ui';

export function ApiKeys() {
  return <Bones />;
}
