import { Link } from '@tanstack/react-router';
import { useMay } from '../../../shared/api/session';
import { Panel } from '../../../shared/desk';
import { dateTime, duration, integer, relative } from '../../../shared/format';
import { useTranslation } from '../../../shared/i18n';
import { Bones, StatusTag, Trouble } from '../../../shared/ui';
import { isSilent } from '../api';
import { OrdersOfDay, useHealth } from '../health';

export function HealthPanel({ code }: { code: string }) {
  const { t } = useTranslation();
  const may = useMay();
  const found = useHealth();
  const one = found.data?.get(code);
  const state = () => {
    if (!one) return null;
    if (!one.last_order_at) return <StatusTag tone="quiet">{t('channels.health.never')}</StatusTag>;
    return isSilent(one) ? <StatusTag tone="warn">{t('channels.health.silent')}</StatusTag> : <StatusTag tone="good">{t('channels.health.fine')}</StatusTag>;
  };
  return (
    <Panel title={t('channels.health.title')} extra={state()}>
      {found.isPending && <Bones rows={3} />}
      {found.isError && !one && <Trouble error={found.error} retry={() => void found.refetch()} />}
      {one && (
        <div className="col" style={{ gap: 14 }}>
          <dl className="figures">
            <div>
              <dt>{t('channels.health.day')}</dt>
              <dd>
                <OrdersOfDay of={one} />
              </dd>
            </div>
            <div>
              <dt>{t('channels.health.day_before')}</dt>
              <dd>{integer(one.orders_day_before)}</dd>
            </div>
          </dl>
          <dl className="facts">
            <dt>{t('channels.health.last')}</dt>
            <dd>{one.last_order_at ? t('channels.health.when', { at: dateTime(one.last_order_at), ago: relative(one.last_order_at) }) : '—'}</dd>
            <dt>{t('channels.health.lag')}</dt>
            <dd>{one.lag_s === undefined ? t('channels.health.lag_unknown') : duration(one.lag_s * 1000)}</dd>
          </dl>
          {may('system.read') && (
            <div className="row wrap">
              <Link to={'/jobs/failed' as never} className="btn">
                {t('channels.health.failed')}
              </Link>
            </div>
          )}
        </div>
      )}
    </Panel>
  );
}
