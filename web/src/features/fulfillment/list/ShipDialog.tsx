// Ships what is packed, one after the other, and says of each that did not go why. Those that cannot be shipped stay out.
import { useQueryClient } from '@tanstack/react-query';
import { Modal, Progress } from 'antd';
import { useState } from 'react';
import { sendPath } from '../../../shared/api/client';
import { useTranslation } from '../../../shared/i18n';
import { useProblemText } from '../../../shared/ui';
import type { Fulfillment } from '../api';

interface Refusal {
  row: Fulfillment;
  why: string;
}

export function ShipDialog({ rows, onClose, onDone }: { rows: Fulfillment[]; onClose: () => void; onDone: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const problemText = useProblemText();
  const [ready] = useState(() => rows.filter((row) => row.next_actions?.includes('ship')));
  const [sent, setSent] = useState<number>();
  const [refused, setRefused] = useState<Refusal[]>([]);
  const over = sent === ready.length;

  const ship = async () => {
    const failures: Refusal[] = [];
    for (const [i, row] of ready.entries()) {
      setSent(i);
      // oxlint-disable-next-line no-await-in-loop -- one after the other, so that stock and numbers go in the order shown
      await sendPath('POST', `/v1/fulfillments/${row.id}/ship`, {}).catch((error: unknown) => failures.push({ row, why: problemText(error) }));
      setRefused([...failures]);
    }
    setSent(ready.length);
    for (const key of ['orders', 'fulfillments', 'shipments', 'stock']) void client.invalidateQueries({ queryKey: [key] });
  };
  const finish = () => {
    if (over) onDone();
    onClose();
  };
  return (
    <Modal
      open
      title={t('fulfillment.ship_all.title')}
      okText={over ? t('common.close') : t('fulfillment.ship_all.do')}
      cancelText={t('common.cancel')}
      okButtonProps={{ disabled: !ready.length }}
      cancelButtonProps={{ hidden: over, disabled: sent !== undefined }}
      confirmLoading={sent !== undefined && !over}
      closable={sent === undefined || over}
      mask={{ closable: false }}
      onOk={() => (over ? finish() : void ship())}
      onCancel={finish}
    >
      <div className="col">
        <p role="status">{over ? t('fulfillment.ship_all.over', { count: ready.length - refused.length }) : ready.length ? t('fulfillment.ship_all.text', { count: ready.length }) : t('fulfillment.ship_all.none')}</p>
        {!over && ready.length > 0 && ready.length < rows.length && <p className="muted">{t('fulfillment.ship_all.left_out', { count: rows.length - ready.length })}</p>}
        {sent !== undefined && !over && <Progress percent={Math.round((100 * sent) / ready.length)} aria-label={t('fulfillment.ship_all.title')} />}
        {refused.length > 0 && (
          <ul className="plain-list">
            {refused.map(({ row, why }) => (
              <li key={row.id}>
                <strong>{row.order_number}</strong> <span className="muted">{why}</span>
              </li>
            ))}
          </ul>
        )}
      </div>
    </Modal>
  );
}
