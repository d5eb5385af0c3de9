import { Bones } from '../../../shared/ui';

export default function SignIn(_: { over?: boolean; login?: string | undefined; onDone?: () => void }) {
  return <Bones />;
}
