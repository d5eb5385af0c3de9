// Many numbers at once, from a mail or a sheet; those that are not there are named.
import { App, Input, Modal } from 'antd';
import { useState } from 'react';
import { readPath } from '../../../shared/api/client';
import type { Page } from '../../../shared/desk';
import { integer } from '../../../shared/format';
import { useTranslation } from '../../../shared/i18n';
import { useProblemText } from '../../../shared/ui';
import type { OrderRow } from '../api';
import { readNumbers } from '../reading';

const NUMBERS_MAX = 100;

export function NumbersDialog({ onClose, onFound }: { onClose: () => void; onFound: (numbers: string) => void }) {
  const { t } = useTranslation();
  const { notification, message } = App.useApp();
  const problemText = useProblemText();
  const [text, setText] = useState('');
  const [busy, setBusy] = useState(false);
  const numbers = readNumbers(text);
  const many = numbers.length > NUMBERS_MAX;
  const find = async () => {
    setBusy(true);
    try {
      const page = await readPath<Page<OrderRow>>('/v1/orders', { number: numbers.join(','), limit: NUMBERS_MAX });
      const found = new Set(page.data.flatMap((row) => [row.number?.toUpperCase(), row.id]));
      const missing = numbers.filter((one) => !found.has(one.toUpperCase()) && !found.has(one));
      if (missing.length)
        notification.warning({ title: t('orders.numbers.missing', { n: integer(missing.length) }), description: missing.join(', '), duration: 0 });
      onFound(numbers.join(','));
      onClose();
    } catch (error) {
      void message.error(problemText(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal
      open
      title={t('orders.numbers.title')}
      okText={t('orders.numbers.find', { n: integer(numbers.length) })}
      cancelText={t('common.cancel')}
      okButtonProps={{ disabled: !numbers.length || many, loading: busy }}
      onOk={() => void find()}
      onCancel={onClose}
    >
      <p className="dialog-text" id="numbers-help">
        {many ? t('orders.numbers.many', { n: NUMBERS_MAX }) : t('orders.numbers.text')}
      </p>
      <Input.TextArea
        autoFocus
        rows={8}
        className="mono"
        aria-label={t('orders.numbers.title')}
        aria-describedby="numbers-help"
        status={many ? 'error' : ''}
        placeholder={'SO-100021\nSO-100022'}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && numbers.length && !many) void find();
        }}
      />
    </Modal>
  );
}
