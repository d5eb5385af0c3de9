import { Link } from '@tanstack/react-router';
import { usePlaceZone } from '../../../shared/desk';
import { quantity, weekday } from '../../../shared/format';
import { useTranslation } from '../../../shared/i18n';
import { Bones, EnumTag, Trouble } from '../../../shared/ui';
import { useOrder, type Fulfillment } from '../api';
import { CutOff, DueTag } from '../words';

export function Peek({ row }: { row: Fulfillment }) {
  const { t } = useTranslation();
  const order = useOrder(row.order_id);
  const zone = usePlaceZone()(row.location);
  const lines = (order.data?.lines ?? []) as { line?: number; sku?: string; name?: string }[];
  return (
    <div className="panel-body col">
      <div className="row wrap">
        <strong>{row.order_number}</strong>
        <EnumTag of="fulfillment_state" value={row.state} />
        <DueTag row={row} />
      </div>
      <dl className="facts">
        <dt>{t('fulfillment.col.location')}</dt>
        <dd>{row.location}</dd>
        <dt>{t('fulfillment.col.cut_off')}</dt>
        <dd>{row.cut_off_at ? <CutOff row={row} /> : '—'}</dd>
        <dt>{t('fulfillment.col.deliver_by')}</dt>
        <dd>{row.deliver_by ? weekday(row.deliver_by, zone) : '—'}</dd>
        <dt>{t('fulfillment.col.order')}</dt>
        <dd>
          <Link to={`/orders/${row.order_id}` as never}>{row.order_number}</Link>
        </dd>
      </dl>
      {order.isPending ? (
        <Bones rows={3} />
      ) : order.isError ? (
        <Trouble error={order.error} retry={() => void order.refetch()} />
      ) : (
        <ul className="peek-lines">
          {(row.lines ?? []).map((line) => {
            const known = lines.find((one) => one.line === line.line);
            return (
              <li key={line.line}>
                <span className="grow">
                  {known?.name}
                  <small className="mono muted">{known?.sku}</small>
                </span>
                <b>{quantity(line.quantity)}</b>
              </li>
            );
          })}
        </ul>
      )}
    </div>
  );
}
