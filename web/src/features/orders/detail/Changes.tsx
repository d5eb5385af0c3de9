// The change sets of an order; those of a channel that wait are accepted or declined here.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button } from 'antd';
import { useState } from 'react';
import { sendPath } from '../../../shared/api/client';
import { useMay } from '../../../shared/api/session';
import { Panel } from '../../../shared/desk/record';
import { dateTime, money } from '../../../shared/format';
import { useTranslation } from '../../../shared/i18n';
import { useProblemText } from '../../../shared/ui';
import { readOrder, useKeepOrder, type Order } from '../api';
import { Preview } from './ChangePreview';
import { readChange, useChanges, type ChangeSet } from './changing';

export function Changes({ order }: { order: Order }) {
  const { t } = useTranslation();
  const changes = useChanges(order.id);
  const sets = changes.data?.data ?? [];
  if (!sets.length) return null;
  return (
    <Panel title={t('orders.change.sets')}>
      <ul className="dialog-list">
        {sets.map((set) => (
          <li key={set.id}>
            <div>
              {t(`orders.change.state.${set.state}`)} · {t(`orders.change.origin.${set.origin}`)} · {dateTime(set.decided_at ?? set.created_at)} · {set.decided_name ?? set.created_name ?? ''}
              {set.preview && set.preview.money.difference !== 0 && <> · {money(set.preview.money.difference, set.currency)}</>}
            </div>
            {set.origin !== 'channel' && set.reason && <div className="muted">{set.reason}</div>}
            {set.state === 'pending' && <Decide order={order} set={set} />}
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Decide({ order, set }: { order: Order; set: ChangeSet }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const may = useMay();
  const keep = useKeepOrder();
  const client = useQueryClient();
  const problemText = useProblemText();
  const [busy, setBusy] = useState(false);
  const now = useQuery({ queryKey: ['orders', 'change', set.id, order.version], queryFn: () => readChange(set.id ?? '') });
  const decide = async (verb: 'confirm' | 'decline', body: object) => {
    setBusy(true);
    try {
      await sendPath('POST', `/v1/changes/${set.id}/${verb}`, body);
      void message.success(t('common.done'));
    } catch (error) {
      void message.error(problemText(error));
    } finally {
      keep(await readOrder(order.id));
      await client.invalidateQueries({ queryKey: ['orders', 'change', set.id] });
      setBusy(false);
    }
  };
  if (!now.data?.preview) return null;
  return (
    <>
      <Preview preview={now.data.preview} currency={order.currency} />
      {may('order.edit') && (
        <div className="row">
          <Button type="primary" loading={busy} disabled={(now.data.preview.refusals?.length ?? 0) > 0} onClick={() => void decide('confirm', { preview_hash: now.data.preview_hash })}>
            {t('orders.change.accept')}
          </Button>
          <Button loading={busy} onClick={() => void decide('decline', {})}>
            {t('orders.change.decline')}
          </Button>
        </div>
      )}
    </>
  );
}
