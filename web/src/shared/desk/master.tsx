// Masters: what the company is made of, known by a code - channels, locations, carriers. A list with a dialog that adds one, and
// the page of each, where it is changed, stopped and started.
import { PlusOutlined } from '@ant-design/icons';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { App, Button } from 'antd';
import { useState, type ReactNode } from 'react';
import { patchPath, readPath, sendPath } from '../api/client';
import { keep } from '../api/keep';
import { useMay } from '../api/session';
import { useTranslation } from '../i18n';
import { Bones, StatusTag, Trouble, useProblemText, type Tone } from '../ui';
import { settled } from './difference';
import { ListScreen, type ListDefinition } from './ListScreen';
import { FormDialog, PageHead, type RecordFormProps } from './record';

export interface Master {
  id: string;
  code: string;
  name?: string | undefined;
  version?: number;
  active?: boolean | undefined;
  paused?: boolean | undefined;
}

/** How it is told that a master works or not, and what is asked before it stops: keys of texts. */
export interface Works {
  field: 'active' | 'paused';
  /** Of one that does not work. */
  tone: Tone;
  on: string;
  off: string;
  start: string;
  stop: string;
  sure: string;
  text: string;
}

const working = (of: Works, record: Master) => (of.field === 'active' ? Boolean(record.active) : !record.paused);

export function WorksTag({ of, record }: { of: Works; record: Master }) {
  const { t } = useTranslation();
  const works = working(of, record);
  return <StatusTag tone={works ? 'good' : of.tone}>{t(works ? of.on : of.off)}</StatusTag>;
}

const addressOf = (resource: string, code: string) => `/${resource}/${encodeURIComponent(code)}`;

/** One by its code; what is written here is known here at once. */
export function useMaster<R extends Master>(resource: string, code: string) {
  const client = useQueryClient();
  const path = `/v1${addressOf(resource, code)}`;
  const key = [resource, 'one', code];
  const reload = () => readPath<R>(path, {});
  const found = useQuery({ queryKey: key, queryFn: reload });
  const onSaved = (record: R) => {
    keep(client, key, record);
    void client.invalidateQueries({ queryKey: [resource] });
  };
  const save = (patch: Record<string, unknown>, version: number | undefined) => patchPath<R>(path, patch, version);
  return { found, reload, onSaved, save };
}

/** Starts at once; stopping is asked about. */
function Switch<R extends Master>({ of, record, save, onSaved }: { of: Works; record: R; save: RecordFormProps<R>['save']; onSaved: (record: R) => void }) {
  const { t } = useTranslation();
  const { message, modal } = App.useApp();
  const problemText = useProblemText();
  const change = useMutation({
    mutationFn: (works: boolean) => save({ [of.field]: of.field === 'active' ? works : !works }, record.version),
    onSuccess: onSaved,
    onError: (error) => void message.error(problemText(error)),
  });
  const ask = () =>
    modal.confirm({
      title: t(of.sure, { name: record.name ?? record.code }),
      content: t(of.text),
      okText: t(of.stop),
      cancelText: t('common.cancel'),
      onOk: () => change.mutateAsync(false).catch(() => undefined),
    });
  return working(of, record) ? (
    <Button loading={change.isPending} onClick={ask}>
      {t(of.stop)}
    </Button>
  ) : (
    <Button type="primary" loading={change.isPending} onClick={() => change.mutate(true)}>
      {t(of.start)}
    </Button>
  );
}

interface PageProps<R extends Master> {
  resource: string;
  code: string;
  /** Key of the list's title. */
  title: string;
  works: Works;
  /** Where one goes from here. */
  links?: (record: R) => ReactNode;
  /** The form stands where the page wants it. */
  children: (record: R, form: Omit<RecordFormProps<R>, 'labels' | 'children'>) => ReactNode;
}

export function MasterPage<R extends Master>({ resource, code, title, works, links, children }: PageProps<R>) {
  const { t } = useTranslation();
  const may = useMay()('master.write');
  const { found, ...door } = useMaster<R>(resource, code);
  if (found.isPending) return <Bones rows={12} />;
  if (found.isError) return <Trouble error={found.error} retry={() => void found.refetch()} />;
  const record = found.data;
  return (
    <div className="screen page">
      <PageHead
        back={`/${resource}`}
        backLabel={t(title)}
        title={record.name ?? record.code}
        tags={
          <>
            <span className="mono muted">{record.code}</span>
            <WorksTag of={works} record={record} />
          </>
        }
        actions={
          <>
            {links?.(record)}
            {may && <Switch of={works} record={record} save={door.save} onSaved={door.onSaved} />}
          </>
        }
      />
      {children(record, { name: `${resource.slice(0, -1)}.${code}`, record, may, ...door })}
    </div>
  );
}

interface ListProps<R extends Master> extends Pick<ListDefinition<R>, 'fixed' | 'columns' | 'filters'> {
  resource: string;
  title: string;
  add: string;
  empty: { title: string; text: string };
  works: Works;
  /** Second line of a card. */
  card: (row: R) => ReactNode;
  /** What a new one begins with, and the fields of its dialog. */
  initial: object;
  children: ReactNode;
}

export function MasterList<R extends Master>({ resource, title, add, empty, works, card, initial, children, ...list }: ListProps<R>) {
  const { t } = useTranslation();
  const may = useMay();
  const navigate = useNavigate();
  const client = useQueryClient();
  const [adding, setAdding] = useState(false);
  const button = may('master.write') && (
    <Button type="primary" icon={<PlusOutlined aria-hidden />} onClick={() => setAdding(true)}>
      {t(add)}
    </Button>
  );
  const on = works.field === 'active';
  const state = { id: works.field, label: 'common.state', kind: 'choice' as const, names: [works.field], options: [{ value: String(on), label: works.on }, { value: String(!on), label: works.off }] };
  const definition: ListDefinition<R> = {
    ...list,
    screen: resource,
    resource,
    path: `/v1/${resource}`,
    title,
    defaultSort: '-created_at',
    searchable: false,
    id: (row) => row.id,
    href: (row) => addressOf(resource, row.code),
    actions: button,
    filters: [...(list.filters ?? []), state, { id: 'code', label: 'common.code', kind: 'text', names: ['code'] }],
    card: (row) => (
      <>
        <div className="card-line">
          <strong className="grow ellipsis">{row.name ?? row.code}</strong>
          <WorksTag of={works} record={row} />
        </div>
        {card(row)}
      </>
    ),
    empty: { ...empty, action: button },
  };
  return (
    <>
      <ListScreen of={definition} />
      {adding && (
        <FormDialog<R>
          title={t(add)}
          ok={t('common.create')}
          initial={initial}
          send={(values) => sendPath<R>('POST', `/v1/${resource}`, settled(values))}
          onDone={(made) => {
            void client.invalidateQueries({ queryKey: [resource] });
            void navigate({ to: addressOf(resource, made.code) as never });
          }}
          onClose={() => setAdding(false)}
        >
          <div className="fields">{children}</div>
        </FormDialog>
      )}
    </>
  );
}
