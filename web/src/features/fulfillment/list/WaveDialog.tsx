// Releases work as a wave: one picker, one cart, a tote for each. Says what it does before, and gives the pick list after.
import { useQueryClient } from '@tanstack/react-query';
import { Alert, Button, InputNumber, Modal } from 'antd';
import { useState } from 'react';
import { sendPath } from '../../../shared/api/client';
import { asProblem } from '../../../shared/api/problem';
import { useTranslation } from '../../../shared/i18n';
import { useProblemText } from '../../../shared/ui';
import type { Fulfillment } from '../api';

const TRIES_MAX = 50;

interface Wave {
  id: string;
  number: string;
  slots?: number;
  fulfillment_count?: number;
}

export function WaveDialog({ rows, onClose, onDone }: { rows: Fulfillment[]; onClose: () => void; onDone: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const problemText = useProblemText();
  const open = rows.filter((row) => row.state === 'open');
  const [slots, setSlots] = useState(open.length);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const [wave, setWave] = useState<Wave>();
  const place = rows[0]?.location ?? '';

  // What is held or went into another wave meanwhile is named by the server and stays out; the rest goes.
  const releaseWhatFits = async (): Promise<Wave> => {
    let ids = open.map((row) => row.id);
    for (let tries = 0; ; tries++) {
      try {
        return await sendPath<Wave>('POST', '/v1/waves', { location: place, fulfillments: ids, limit: ids.length, slots: Math.min(slots, ids.length) });
      } catch (problem) {
        const out = new Set(asProblem(problem).errors.map((one) => Number(/^\/fulfillments\/(\d+)$/.exec(one.pointer)?.[1] ?? -1)));
        const rest = ids.filter((_, i) => !out.has(i));
        if (!rest.length || rest.length === ids.length || tries >= TRIES_MAX) throw problem;
        ids = rest;
      }
    }
  };
  const release = async () => {
    setBusy(true);
    setError(undefined);
    try {
      setWave(await releaseWhatFits());
      void client.invalidateQueries({ queryKey: ['fulfillments'] });
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(false);
    }
  };
  const finish = () => {
    onDone();
    onClose();
  };
  if (wave)
    return (
      <Modal
        open
        title={t('fulfillment.wave.made', { number: wave.number })}
        onCancel={finish}
        footer={[
          <Button key="close" onClick={finish}>
            {t('common.close')}
          </Button>,
          <Button key="print" type="primary" href={`/v1/waves/${wave.id}/pick_list?format=pdf`} target="_blank" rel="noreferrer">
            {t('fulfillment.wave.print')}
          </Button>,
        ]}
      >
        <p>{t('fulfillment.wave.made_text', { count: wave.fulfillment_count ?? open.length, place })}</p>
        {(wave.fulfillment_count ?? open.length) < open.length && <p className="muted">{t('fulfillment.wave.did_not_fit', { count: open.length - (wave.fulfillment_count ?? 0) })}</p>}
      </Modal>
    );
  return (
    <Modal open title={t('fulfillment.wave.title', { place })} okText={t('fulfillment.wave.release')} cancelText={t('common.cancel')} okButtonProps={{ disabled: !open.length }} confirmLoading={busy} onOk={() => void release()} onCancel={onClose}>
      <div className="col">
        <p>{open.length ? t('fulfillment.wave.text', { count: open.length }) : t('fulfillment.wave.none')}</p>
        {open.length < rows.length && open.length > 0 && <p className="muted">{t('fulfillment.wave.left_out', { count: rows.length - open.length })}</p>}
        {error !== undefined && <Alert type="error" showIcon title={problemText(error)} />}
        {open.length > 0 && (
          <label className="row" htmlFor="wave-slots">
            <span>{t('fulfillment.wave.slots')}</span>
            <InputNumber id="wave-slots" min={1} max={200} value={slots} onChange={(value) => setSlots(value ?? open.length)} />
          </label>
        )}
      </div>
    </Modal>
  );
}
