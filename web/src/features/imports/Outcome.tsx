import { Link } from '@tanstack/react-router';
import { Alert } from 'antd';
import { Panel } from '../../shared/desk';
import { integer } from '../../shared/format';
import { useTranslation } from '../../shared/i18n';
import { about, type Upload } from './api';

const counted = ['new', 'changed', 'unchanged', 'wrong'] as const;

/** What became of the rows: of the run where there was one, else of the trial. */
export function Outcome({ upload }: { upload: Upload }) {
  const { t } = useTranslation();
  const ran = upload.state === 'running' || upload.state === 'done' || upload.ran.rows > 0;
  const real = ran && upload.state !== 'checking' && upload.state !== 'checked';
  const counts = real ? upload.ran : upload.checked;
  if (upload.state === 'failed')
    return <Alert type="error" showIcon title={t('imports.outcome.failed')} description={upload.message} />;
  if (!counts.rows && upload.state !== 'running' && upload.state !== 'checking' && upload.state !== 'done' && upload.state !== 'checked') return null;
  const summary = () => {
    if (upload.state === 'cancelled') return t('imports.outcome.cancelled');
    if (upload.state === 'done') return counts.wrong ? t('imports.outcome.done_wrong') : t('imports.outcome.done');
    if (upload.state !== 'checked') return undefined;
    if (!counts.new && !counts.changed) return counts.wrong ? t('imports.outcome.checked_none') : t('imports.outcome.checked_same');
    return counts.wrong ? t('imports.outcome.checked_wrong') : t('imports.outcome.checked');
  };
  const words = summary();
  return (
    <Panel title={upload.state === 'running' ? t('imports.outcome.so_far') : real ? t('imports.outcome.run') : t('imports.outcome.dry_run')}>
      {words && (
        <p className="outcome-words" role="status">
          {words}
        </p>
      )}
      <dl className="counts">
        {counted.map((one) => (
          <div key={one} className={counts[one] ? `count-${one}` : 'count-none'}>
            <dt>{t(real ? `imports.count.${one}` : `imports.would.${one}`)}</dt>
            <dd>{integer(counts[one])}</dd>
          </div>
        ))}
      </dl>
      {upload.state === 'done' && (
        <p>
          <Link to={about[upload.kind].href as never}>{t(`imports.outcome.see.${upload.kind}`)} →</Link>
        </p>
      )}
    </Panel>
  );
}
