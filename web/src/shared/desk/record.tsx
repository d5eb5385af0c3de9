// The page of one record: what was typed is kept over a reload and over live news, saved as the difference, and a faster
// colleague leads to a choice instead of a loss.
import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { App, Button, Form, Modal, type FormInstance } from 'antd';
import { useEffect, useId, useRef, useState, type ReactNode } from 'react';
import { unsettled } from '../api/intent';
import { asProblem } from '../api/problem';
import { keepTyped, readTyped } from '../api/typed';
import { useTranslation } from '../i18n';
import { useKeys } from '../keys';
import { useProblemText } from '../ui';
import { ConflictDialog } from './Conflict';
import { difference } from './difference';
import { useFieldErrors } from './forms';
import { useSitting } from './sitting';
import './record.css';

export function PageHead({ back, backLabel, title, tags, actions }: { back?: string; backLabel?: string; title: ReactNode; tags?: ReactNode; actions?: ReactNode }) {
  return (
    <header className="screen-head">
      {back && backLabel && (
        <div className="page-back no-print">
          <Link to={back as never}>← {backLabel}</Link>
        </div>
      )}
      <h1>{title}</h1>
      {tags}
      <span className="grow" />
      <div className="row wrap no-print">{actions}</div>
    </header>
  );
}

/** A titled panel. `flush` lets a table touch its edges. */
export function Panel({ title, note, extra, flush, id, children }: { title: string; note?: string; extra?: ReactNode; flush?: boolean; id?: string; children: ReactNode }) {
  const own = useId();
  const name = id ?? own;
  return (
    <section className="panel" aria-labelledby={name}>
      <div className="panel-head">
        <h2 id={name}>{title}</h2>
        <span className="grow" />
        {extra}
      </div>
      <div className={flush ? 'panel-body flush table-scroll' : 'panel-body'}>
        {note && <p className="panel-note" style={flush ? { padding: '12px 16px 0' } : undefined}>{note}</p>}
        {children}
      </div>
    </section>
  );
}

interface Draft {
  version: number | undefined;
  values: Record<string, unknown>;
}
function readDraft(name: string): Draft | undefined {
  const text = readTyped(name);
  return text ? (JSON.parse(text) as Draft) : undefined;
}
const keepDraft = (name: string, draft: Draft | undefined) => keepTyped(name, draft && JSON.stringify(draft));

export interface RecordFormProps<R extends { version?: number }> {
  /** Names the draft that survives a reload. */
  name: string;
  record: R;
  /** The fields that are edited, with the keys of their names. */
  labels: Record<string, string>;
  may: boolean;
  save: (patch: Record<string, unknown>, version: number | undefined) => Promise<R>;
  reload: () => Promise<R>;
  onSaved: (record: R) => void;
  children: ReactNode | ((form: FormInstance) => ReactNode);
}

export function RecordForm<R extends { version?: number }>({ name, record, labels, may, save, reload, onSaved, children }: RecordFormProps<R>) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const problemText = useProblemText();
  const [form] = Form.useForm();
  const fieldErrors = useFieldErrors(form);
  const names = Object.keys(labels);
  const base = useRef(record);
  const [dirty, setDirty] = useState(false);
  const [busy, setBusy] = useState(false);
  const [theirs, setTheirs] = useState<R>();
  const [mine, setMine] = useState<Record<string, unknown>>({});

  const pick = (from: R) => Object.fromEntries(names.map((field) => [field, (from as Record<string, unknown>)[field]]));
  const fill = (from: R) => {
    base.current = from;
    form.resetFields();
    form.setFieldsValue(pick(from));
    setDirty(false);
    keepDraft(name, undefined);
  };
  const changes = () => difference(base.current as Record<string, unknown>, form.getFieldsValue(true) as Record<string, unknown>, names);
  const look = () => {
    const some = Object.keys(changes()).length > 0;
    setDirty(some);
    keepDraft(name, some ? { version: base.current.version, values: form.getFieldsValue(true) } : undefined);
  };

  // A draft of before the reload comes back; it still counts as decided on the version it was begun with.
  const begun = useRef(false);
  useEffect(() => {
    if (!begun.current) {
      begun.current = true;
      form.setFieldsValue(pick(record));
      const draft = may ? readDraft(name) : undefined;
      if (draft) {
        form.setFieldsValue(draft.values);
        base.current = { ...record, version: draft.version };
        look();
      }
      return;
    }
    // News of others: taken where nothing was typed, else the save finds out.
    if (!dirty && record.version !== base.current.version) fill(record);
  }, [record]);

  const send = async (patch: Record<string, unknown>, version: number | undefined) => {
    setBusy(true);
    try {
      const saved = await save(patch, version);
      fill(saved);
      setTheirs(undefined);
      onSaved(saved);
      void message.success(t('common.saved'));
    } catch (error) {
      if (asProblem(error).conflict) {
        setMine(patch);
        setTheirs(await reload().catch(() => undefined));
      } else if (!fieldErrors(error)) void message.error(problemText(error));
    } finally {
      setBusy(false);
    }
  };
  const submit = () => void send(changes(), base.current.version);
  useKeys('keys.group.page', [{ keys: 'mod+s', label: 'common.save', always: true, run: () => dirty && !busy && form.submit() }]);

  return (
    <Form form={form} layout="vertical" disabled={!may || busy} onValuesChange={look} onFinish={submit} scrollToFirstError={{ focus: true }} requiredMark={false}>
      {typeof children === 'function' ? children(form) : children}
      {dirty && (
        <div className="savebar no-print" role="region" aria-label={t('record.unsaved')}>
          <span className="grow">{t('record.unsaved')}</span>
          <Button onClick={() => fill({ ...base.current, ...record })}>{t('record.discard')}</Button>
          <Button type="primary" htmlType="submit" loading={busy}>
            {t('common.save')}
          </Button>
        </div>
      )}
      <ConflictDialog
        open={theirs !== undefined}
        labels={labels}
        mine={mine as Partial<Record<string, unknown>>}
        theirs={theirs as Record<string, unknown> | undefined}
        onMine={() => theirs && void send(mine, theirs.version)}
        onTheirs={() => {
          if (theirs) {
            fill(theirs);
            onSaved(theirs);
          }
          setTheirs(undefined);
        }}
        onCancel={() => setTheirs(undefined)}
      />
    </Form>
  );
}

/** Why a dialog does not send, in the reader's words. */
export class Unsaid extends Error {}

/** A dialog with a form: refusals go to their fields, what was typed stays until it is done. */
export function FormDialog<T>({
  title,
  ok,
  back,
  initial,
  width = 560,
  danger = false,
  send,
  onDone,
  onClose,
  form: given,
  children,
}: {
  title: string;
  ok: string;
  /** What leaving it says; else "Cancel". */
  back?: string;
  initial?: object;
  width?: number;
  danger?: boolean;
  send: (values: any) => Promise<T>;
  onDone: (answer: T) => void;
  onClose: () => void;
  form?: FormInstance;
  children: ReactNode;
}) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const problemText = useProblemText();
  const [own] = Form.useForm();
  const form = given ?? own;
  const fieldErrors = useFieldErrors(form);
  const id = useId();
  const [busy, setBusy] = useState(false);
  const client = useQueryClient();
  const lost = useRef(false);
  useSitting();
  const submit = async () => {
    if (busy) return;
    setBusy(true);
    try {
      onDone(await send(form.getFieldsValue(true)));
    } catch (error) {
      const { status, code } = asProblem(error);
      lost.current = unsettled(status, code);
      if (error instanceof Unsaid) void message.error(error.message);
      else if (!fieldErrors(error)) void message.error(problemText(error));
    } finally {
      setBusy(false);
    }
  };
  // Where no answer came, the page behind tells what became of it.
  const leave = () => {
    if (lost.current) void client.invalidateQueries();
    onClose();
  };
  return (
    <Modal
      open
      title={title}
      width={width}
      okText={ok}
      cancelText={back ?? t('common.cancel')}
      okButtonProps={{ htmlType: 'submit', form: id, loading: busy, danger }}
      onCancel={leave}
      mask={{ closable: false }}
    >
      <Form id={id} form={form} layout="vertical" {...(initial ? { initialValues: initial } : {})} onFinish={() => void submit()} requiredMark={false} scrollToFirstError={{ focus: true }}>
        {children}
      </Form>
    </Modal>
  );
}
