import { Bones } from '../../shared/ui';

export function ReportPage() {
  return <Bones />;
}
