// What a sheet would do, before it is booked: each difference, and whose promised stock would go.
import { Link } from '@tanstack/react-router';
import { Modal } from 'antd';
import { integer, quantity } from '../../../shared/format';
import { useTranslation } from '../../../shared/i18n';
import type { Preview } from '../api';
import { signed } from './SheetGrid';
import { sumsOf } from './sheet';

export function Trial({ preview, busy, onBook, onClose }: { preview: Preview; busy: boolean; onBook: () => void; onClose: () => void }) {
  const { t } = useTranslation();
  const sums = sumsOf(preview.lines);
  const changed = preview.lines.filter((line) => line.delta !== 0);
  return (
    <Modal
      open
      width={720}
      title={t('inventory.sheet.trial', { location: preview.location })}
      okText={t('inventory.sheet.book', { count: sums.lines })}
      cancelText={t('common.back')}
      okButtonProps={{ loading: busy }}
      onOk={onBook}
      onCancel={onClose}
      mask={{ closable: false }}
    >
      <dl className="figures" style={{ marginBottom: 16 }}>
        {(
          [
            ['rows', sums.lines],
            ['more', sums.more],
            ['less', sums.less],
            ['same', sums.same],
          ] as const
        ).map(([name, value]) => (
          <div key={name}>
            <dt>{t(`inventory.sheet.sum_${name}`)}</dt>
            <dd>{name === 'rows' || name === 'same' ? integer(value) : quantity(value)}</dd>
          </div>
        ))}
      </dl>
      {sums.displaced > 0 && (
        <div className="short-note" role="alert">
          <strong>{t('inventory.sheet.short', { count: sums.displaced, n: quantity(sums.displaced) })}</strong>
          <ul className="shorts">
            {preview.orders.map((one) => (
              <li key={`${one.order} ${one.line}`}>
                <Link to={`/orders/${one.order}` as never}>{one.number ?? one.order}</Link> {t('inventory.sheet.short_line', { n: quantity(one.quantity), sku: one.sku })}
              </li>
            ))}
          </ul>
        </div>
      )}
      {changed.length > 0 && (
        <div className="table-scroll trial-rows" tabIndex={0} role="region" aria-label={t('inventory.sheet.differences')}>
          <table className="plain">
            <thead>
              <tr>
                <th scope="col">{t('inventory.sku')}</th>
                {(['before', 'after', 'delta'] as const).map((name) => (
                  <th key={name} scope="col" className="num">
                    {t(name === 'delta' ? 'inventory.delta' : `inventory.sheet.${name}`)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {changed.map((line, i) => (
                <tr key={i}>
                  <th scope="row">
                    <span className="cell-stack">
                      <span className="mono">{line.sku}</span>
                      {(line.lot || (line.condition && line.condition !== 'good')) && <small>{[line.lot, line.condition && line.condition !== 'good' && t(`enum.condition.${line.condition}`)].filter(Boolean).join(' · ')}</small>}
                    </span>
                  </th>
                  <td className="num">{quantity(line.on_hand - line.delta)}</td>
                  <td className="num">{quantity(line.on_hand)}</td>
                  <td className="num">
                    <span className={line.delta > 0 ? 'plus' : 'minus'}>{signed(line.delta)}</span>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Modal>
  );
}
