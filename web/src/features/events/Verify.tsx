// The proof that nobody changed the log: asked for step by step until it is complete.
import { SafetyCertificateOutlined } from '@ant-design/icons';
import { App, Button } from 'antd';
import { useRef, useState } from 'react';
import { readPath } from '../../shared/api/client';
import { integer } from '../../shared/format';
import { useTranslation } from '../../shared/i18n';
import { StatusTag, useProblemText } from '../../shared/ui';
import type { Proof } from './api';

export function Verify() {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const problemText = useProblemText();
  const [proof, setProof] = useState<Proof>();
  const [busy, setBusy] = useState(false);
  const going = useRef(false);
  const run = async () => {
    if (going.current) return;
    going.current = true;
    setBusy(true);
    try {
      for (;;) {
        const next = await readPath<Proof>('/v1/audit/verify', {});
        setProof(next);
        if (next.complete || next.intact === false) break;
      }
    } catch (error) {
      void message.error(problemText(error));
    } finally {
      going.current = false;
      setBusy(false);
    }
  };
  return (
    <div className="row wrap" role="status">
      {proof && proof.intact === false && <StatusTag tone="bad">{t('events.audit.broken', { n: integer(proof.broken_at ?? 0) })}</StatusTag>}
      {proof && proof.intact !== false && (
        <StatusTag tone={proof.complete ? 'good' : 'info'}>
          {proof.complete ? t('events.audit.intact', { n: integer(proof.verified_to) }) : t('events.audit.verifying', { n: integer(proof.verified_to), last: integer(proof.last) })}
        </StatusTag>
      )}
      <Button icon={<SafetyCertificateOutlined aria-hidden />} loading={busy} onClick={() => void run()}>
        {t('events.audit.verify')}
      </Button>
    </div>
  );
}
