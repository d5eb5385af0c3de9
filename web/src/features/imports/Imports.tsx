import { DownloadOutlined, InboxOutlined, SnippetsOutlined } from '@ant-design/icons';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { Alert, Button, Input, Modal, Select } from 'antd';
import { useEffect, useRef, useState, type DragEvent } from 'react';
import { asProblem } from '../../shared/api/problem';
import { useMay } from '../../shared/api/session';
import { Panel } from '../../shared/desk';
import { integer, relative } from '../../shared/format';
import { useTranslation } from '../../shared/i18n';
import { Bones, Empty, Trouble, useProblemText } from '../../shared/ui';
import { useListState } from '../../shared/views';
import { about, bring, busy, keep, kinds, useUploads, type Kind } from './api';
import './imports.css';
import { pasted, progress } from './mapping';
import { Meter, Stack, State } from './parts';

const encodings = ['UTF-8', 'GB18030', 'Big5', 'Shift_JIS', 'windows-1252'];
const delimiters = [',', ';', 'tab', '|'];

export function Imports() {
  const { t } = useTranslation();
  return (
    <div className="screen page imports">
      <header className="screen-head">
        <h1>{t('imports.title')}</h1>
      </header>
      <div className="screen-body">
        <div className="columns">
          <div className="stack">
            <NewImport />
            <Recent />
          </div>
          <TakeOut />
        </div>
      </div>
    </div>
  );
}

function NewImport() {
  const { t } = useTranslation();
  const may = useMay();
  const navigate = useNavigate();
  const client = useQueryClient();
  const problemText = useProblemText();
  const state = useListState();
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const [text, setText] = useState<string>();
  const [encoding, setEncoding] = useState<string>();
  const [delimiter, setDelimiter] = useState<string>();
  const allowed = kinds.filter((one) => may(about[one].write));
  const kind = allowed.find((one) => one === state.query.kind) ?? allowed[0] ?? 'products';
  const send = useMutation({
    mutationFn: bring,
    onSuccess: (upload) => {
      keep(client, upload);
      setText(undefined);
      void client.invalidateQueries({ queryKey: ['imports', 'list'] });
      void navigate({ to: `/imports/${upload.id}` as never });
    },
  });
  const file = (one: File | undefined) => one && send.mutate({ kind, file: one, name: one.name, encoding, delimiter });
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    file(event.dataTransfer.files[0]);
  };

  // A sheet's cells are pasted anywhere on the screen.
  useEffect(() => {
    const hear = (event: ClipboardEvent) => {
      if ((event.target as HTMLElement | null)?.closest?.('input, textarea, [contenteditable]')) return;
      const brought = event.clipboardData?.files[0];
      if (brought) return file(brought);
      const cells = event.clipboardData?.getData('text/plain');
      if (cells?.includes('\n')) setText(cells);
    };
    document.addEventListener('paste', hear);
    return () => document.removeEventListener('paste', hear);
  });

  const trouble = send.isError && (
    <Alert
      type="error"
      showIcon
      title={t(`imports.refused.${asProblem(send.error).errors[0]?.code ?? ''}`, { defaultValue: problemText(send.error) })}
      description={asProblem(send.error).errors[0]?.detail}
    />
  );
  return (
    <Panel title={t('imports.new.title')}>
      <fieldset className="kinds">
        <legend className="hidden">{t('imports.new.kind')}</legend>
        {allowed.map((one) => (
          <label key={one} className={one === kind ? 'kind on' : 'kind'}>
            <input type="radio" name="kind" value={one} checked={one === kind} onChange={() => state.set({ kind: one }, true)} />
            <span className="kind-name">{t(`imports.kind.${one}`)}</span>
            <span className="kind-text">{t(`imports.kind_text.${one}`)}</span>
          </label>
        ))}
      </fieldset>
      <div
        className={over ? 'drop over' : 'drop'}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        <InboxOutlined aria-hidden className="drop-sign" />
        <p className="drop-title">{t('imports.new.drop')}</p>
        <p className="muted">{t('imports.new.formats')}</p>
        <div className="row wrap drop-ways">
          <Button type="primary" loading={send.isPending} onClick={() => input.current?.click()}>
            {t('imports.new.choose')}
          </Button>
          <Button icon={<SnippetsOutlined aria-hidden />} disabled={send.isPending} onClick={() => setText('')}>
            {t('imports.new.paste')}
          </Button>
        </div>
        <input
          ref={input}
          type="file"
          hidden
          accept=".csv,.tsv,.txt,.xlsx,text/csv"
          aria-label={t('imports.new.choose')}
          onChange={(event) => {
            file(event.target.files?.[0]);
            event.target.value = '';
          }}
        />
      </div>
      {text === undefined && trouble}
      <details className="reading">
        <summary>{t('imports.new.reading')}</summary>
        <p className="muted">{t('imports.new.reading_text')}</p>
        <div className="fields">
          <label className="col">
            <span>{t('imports.file.encoding')}</span>
            <Select allowClear placeholder={t('imports.new.auto')} value={encoding ?? null} onChange={(value) => setEncoding(value ?? undefined)} options={encodings.map((value) => ({ value, label: value }))} />
          </label>
          <label className="col">
            <span>{t('imports.file.delimiter')}</span>
            <Select allowClear placeholder={t('imports.new.auto')} value={delimiter ?? null} onChange={(value) => setDelimiter(value ?? undefined)} options={delimiters.map((value) => ({ value, label: value === 'tab' ? t('imports.file.tab') : value }))} />
          </label>
        </div>
      </details>
      <Modal
        open={text !== undefined}
        title={t('imports.paste.title', { kind: t(`imports.kind.${kind}`) })}
        width={720}
        okText={t('imports.paste.ok')}
        cancelText={t('common.cancel')}
        okButtonProps={{ disabled: !text?.trim(), loading: send.isPending }}
        onOk={() => {
          const sheet = pasted(text ?? '');
          send.mutate({ kind, file: sheet.file, delimiter: sheet.delimiter, name: t('imports.paste.name') });
        }}
        onCancel={() => {
          setText(undefined);
          send.reset();
        }}
        mask={{ closable: false }}
        destroyOnHidden
      >
        <div className="col">
          <label htmlFor="imports-paste">{t('imports.paste.text')}</label>
          <Input.TextArea id="imports-paste" className="mono" autoFocus rows={12} wrap="off" value={text ?? ''} onChange={(event) => setText(event.target.value)} />
          {trouble}
        </div>
      </Modal>
    </Panel>
  );
}

function Recent() {
  const { t } = useTranslation();
  const found = useUploads();
  const body = () => {
    if (found.isPending) return <Bones rows={3} />;
    if (found.isError) return <Trouble error={found.error} retry={() => void found.refetch()} />;
    if (!found.data.data.length) return <Empty title={t('imports.list.empty')}>{t('imports.list.empty_text')}</Empty>;
    return (
      <table className="plain recent">
        <thead>
          <tr>
            <th scope="col">{t('imports.list.file')}</th>
            <th scope="col">{t('common.state')}</th>
            <th scope="col" className="num">
              {t('imports.file.rows')}
            </th>
            <th scope="col" className="num wide-only">
              {t('imports.count.wrong')}
            </th>
            <th scope="col" className="wide-only">
              {t('imports.list.when')}
            </th>
          </tr>
        </thead>
        <tbody>
          {found.data.data.map((one) => {
            const counts = one.ran.rows ? one.ran : one.checked;
            return (
              <tr key={one.id}>
                <td>
                  <Stack top={<Link to={`/imports/${one.id}` as never}>{one.file_name ?? t(`imports.kind.${one.kind}`)}</Link>} below={t(`imports.kind.${one.kind}`)} />
                </td>
                <td>{busy(one) ? <Meter value={progress(one)} label={t(`imports.state.${one.state}`)} /> : <State value={one.state} />}</td>
                <td className="num">{integer(one.file.rows)}</td>
                <td className="num wide-only">{counts.rows ? integer(counts.wrong) : ''}</td>
                <td className="wide-only">
                  <Stack top={relative(one.created_at)} below={one.actor_name} />
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    );
  };
  return (
    <Panel title={t('imports.list.title')} flush>
      {body()}
    </Panel>
  );
}

function TakeOut() {
  const { t } = useTranslation();
  const may = useMay();
  const shown = kinds.filter((one) => about[one].read.every(may));
  if (!shown.length) return null;
  const links = (one: Kind) =>
    one === 'orders'
      ? [
          { href: '/v1/orders?format=csv', label: t('imports.export.csv') },
          { href: '/v1/orders?format=xlsx', label: t('imports.export.xlsx') },
        ]
      : [{ href: `/v1/import_export?kind=${one}`, label: t('imports.export.csv') }];
  return (
    <Panel title={t('imports.export.title')} note={t('imports.export.text')}>
      <ul className="take-out">
        {shown.map((one) => (
          <li key={one}>
            <div className="row wrap">
              <h3 className="grow">{t(`imports.kind.${one}`)}</h3>
              {links(one).map((link) => (
                <Button key={link.href} size="small" href={link.href} download icon={<DownloadOutlined aria-hidden />} aria-label={t('imports.export.get', { kind: t(`imports.kind.${one}`), format: link.label })}>
                  {link.label}
                </Button>
              ))}
            </div>
            <p className="muted">{t(`imports.export.of.${one}`)}</p>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
