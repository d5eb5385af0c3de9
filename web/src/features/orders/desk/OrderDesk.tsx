// An order from a phone call: who, where to, what; the server says at once what is free, what it costs and when it comes.
import { Link } from '@tanstack/react-router';
import { App, Button, Select, type RefSelectProps } from 'antd';
import { useRef } from 'react';
import { useMay } from '../../../shared/api/session';
import { useTranslation } from '../../../shared/i18n';
import { useKeys } from '../../../shared/keys';
import { useMasters } from '../api';
import '../orders.css';
import { CustomerPart } from './Customer';
import { Destination, type Place } from './Destination';
import { emptyDraft, isEmpty } from './draft';
import { Products } from './Products';
import { Money, Sum } from './Sum';
import { useDesk } from './useDesk';

export function OrderDesk() {
  const { t } = useTranslation();
  const { modal } = App.useApp();
  const may = useMay();
  const desk = useDesk();
  const { draft, setDraft, patch, channels, currency } = desk;
  const locations = useMasters<Place>('locations', may('master.read'));
  const search = useRef<RefSelectProps>(null);
  useKeys('keys.group.page', [{ keys: 'mod+Enter', label: 'orders.desk.place', always: true, run: () => desk.ready && !desk.busy && void desk.send(false) }]);
  const clear = () =>
    modal.confirm({
      title: t('orders.desk.clear_title'),
      content: t('orders.desk.clear_text'),
      okText: t('orders.desk.clear'),
      cancelText: t('common.cancel'),
      onOk: () => setDraft({ ...emptyDraft(), ...(draft.channel ? { channel: draft.channel, currency } : {}) }),
    });

  return (
    <div className="screen desk">
      <header className="screen-head">
        <div className="page-back no-print">
          <Link to={'/orders' as never}>← {t('orders.nav')}</Link>
        </div>
        <h1>{t('orders.desk.title')}</h1>
        <span className="grow" />
        {!isEmpty(draft) && (
          <Button type="text" onClick={clear}>
            {t('orders.desk.clear')}
          </Button>
        )}
        <label className="row">
          <span className="muted">{t('orders.column.channel')}</span>
          <Select
            aria-label={t('orders.column.channel')}
            style={{ minWidth: 160 }}
            value={draft.channel}
            options={channels.map((one) => ({ value: one.code, label: one.name ?? one.code }))}
            onChange={(channel) => patch({ channel, currency: channels.find(({ code }) => code === channel)?.currency ?? currency })}
          />
        </label>
      </header>
      <div className="screen-body columns">
        <div className="col wide-gap">
          <CustomerPart draft={draft} setDraft={setDraft} onDone={() => search.current?.focus()} />
          <Products desk={desk} search={search} />
          <Destination draft={draft} setDraft={setDraft} places={locations.data?.data ?? []} />
        </div>
        <div className="col wide-gap desk-side">
          <Money desk={desk} />
          <Sum desk={desk} />
        </div>
      </div>
    </div>
  );
}
