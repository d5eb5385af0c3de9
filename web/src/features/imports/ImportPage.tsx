import { DeleteOutlined } from '@ant-design/icons';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { Alert, App, Button } from 'antd';
import { useEffect, useState } from 'react';
import { sendPath } from '../../shared/api/client';
import { asProblem, type ProblemEntry } from '../../shared/api/problem';
import { PageHead, Panel } from '../../shared/desk';
import { integer, relative } from '../../shared/format';
import { language, useTranslation } from '../../shared/i18n';
import { Bones, Trouble, useProblemText } from '../../shared/ui';
import { busy, keep, remap, useFields, usePass, useUpload, type Field, type Upload } from './api';
import { Faults } from './Faults';
import './imports.css';
import { MappingTable, Missing } from './MappingTable';
import { draftOf, lineOf, mappingOf, missing, progress, type Draft } from './mapping';
import { Meter, State } from './parts';
import { Outcome } from './Outcome';

export function ImportPage() {
  const { id } = useParams({ strict: false }) as { id: string };
  const found = useUpload(id);
  const fields = useFields(found.data?.kind);
  if (found.isPending || (found.data && fields.isPending)) return <Bones />;
  if (found.isError && !found.data) return <Trouble error={found.error} retry={() => void found.refetch()} />;
  if (fields.isError) return <Trouble error={fields.error} retry={() => void fields.refetch()} />;
  if (!found.data || !fields.data) return null;
  return <One key={id} upload={found.data} fields={fields.data} />;
}

const steps = ['map', 'check', 'run'] as const;
function stepOf(upload: Upload): number {
  if (upload.state === 'running' || upload.state === 'done' || upload.ran.rows) return 2;
  return upload.state === 'mapping' ? 0 : 1;
}

function One({ upload, fields }: { upload: Upload; fields: readonly Field[] }) {
  const { t } = useTranslation();
  const { message, modal } = App.useApp();
  const problemText = useProblemText();
  const client = useQueryClient();
  const navigate = useNavigate();
  const pass = usePass(upload.id);
  const [draft, setDraft] = useState<Draft>();
  const [marks, setMarks] = useState<Record<string, ProblemEntry>>({});
  const shown = draft ?? draftOf(upload);
  const gaps = missing(upload.kind, fields, shown);
  const working = busy(upload);
  const name = upload.file_name ?? t(`imports.kind.${upload.kind}`);

  // Where a pass begins or ends, the errors and the list of files are others.
  useEffect(() => void client.invalidateQueries({ queryKey: ['imports', 'list'] }), [client, upload.state, upload.finished_at]);

  const change = (next: Draft) => {
    setDraft(next);
    setMarks({});
  };
  const begin = useMutation({
    mutationFn: async (verb: 'dry_run' | 'run') => {
      const { mapping } = mappingOf(shown);
      if (draft) {
        keep(client, await remap(upload.id, mapping, upload.version));
        setDraft(undefined);
      }
      return pass.mutateAsync(verb);
    },
    onError: (error) => {
      const problem = asProblem(error);
      const { lines } = mappingOf(shown);
      setMarks(Object.fromEntries(problem.errors.map((entry) => [lineOf(entry.pointer, lines) ?? 'whole', entry])));
      if (problem.conflict) {
        setDraft(undefined);
        void client.invalidateQueries({ queryKey: ['imports', 'one', upload.id] });
      }
      if (!problem.errors.length || problem.conflict) void message.error(problemText(error));
    },
  });
  const remove = useMutation({
    mutationFn: () => sendPath('DELETE', `/v1/imports/${upload.id}`),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['imports', 'list'] });
      void navigate({ to: '/imports' as never });
    },
    onError: (error) => void message.error(problemText(error)),
  });

  const tried = !draft && (upload.state === 'checked' || upload.state === 'done' || (upload.state === 'cancelled' && (upload.checked.rows > 0 || upload.ran.rows > 0)));
  const worth = upload.checked.new + upload.checked.changed;
  const runLabel = () => {
    if (upload.state === 'cancelled' && upload.ran.rows) return t('imports.act.resume');
    if (upload.state === 'done') return t('imports.act.again');
    return upload.state === 'checked' ? t('imports.act.run_n', { n: integer(worth), count: worth }) : t('imports.act.run');
  };
  const actions = working ? (
    <Button danger loading={pass.isPending} onClick={() => pass.mutate('cancel', { onError: (error) => void message.error(problemText(error)) })}>
      {t('imports.act.cancel')}
    </Button>
  ) : (
    <>
      <Button
        icon={<DeleteOutlined aria-hidden />}
        onClick={() =>
          modal.confirm({
            title: t('imports.remove.sure', { name }),
            content: t('imports.remove.text'),
            okText: t('common.delete'),
            okButtonProps: { danger: true },
            cancelText: t('common.cancel'),
            onOk: () => remove.mutateAsync().catch(() => undefined),
          })
        }
      >
        {t('common.delete')}
      </Button>
      <Button type={tried ? 'default' : 'primary'} disabled={gaps.length > 0} loading={begin.isPending && begin.variables === 'dry_run'} onClick={() => begin.mutate('dry_run')}>
        {upload.checked.rows && !draft ? t('imports.act.check_again') : t('imports.act.check')}
      </Button>
      {tried && (
        <Button
          type={upload.state === 'done' ? 'default' : 'primary'}
          disabled={upload.state === 'checked' && worth === 0}
          loading={begin.isPending && begin.variables === 'run'}
          onClick={() => begin.mutate('run')}
        >
          {runLabel()}
        </Button>
      )}
    </>
  );
  const at = stepOf(upload);
  const done = upload.state === 'running' ? upload.ran : upload.checked;
  return (
    <div className="screen page imports">
      <PageHead back="/imports" backLabel={t('imports.title')} title={name} tags={<State value={upload.state} />} actions={actions} />
      <div className="screen-body">
        <ol className="steps" aria-label={t('imports.steps')}>
          {steps.map((step, i) => (
            <li key={step} className={i < at ? 'past' : i === at ? 'now' : ''} aria-current={i === at ? 'step' : undefined}>
              <span className="steps-n" aria-hidden="true">
                {integer(i + 1)}
              </span>
              {t(`imports.step.${step}`)}
            </li>
          ))}
        </ol>
        {working && (
          <Panel title={t(`imports.progress.${upload.state}`)} note={t(`imports.progress.${upload.state}_text`)}>
            <Meter value={progress(upload)} label={t('imports.progress.rows', { done: integer(done.rows), all: integer(upload.file.rows) })} />
          </Panel>
        )}
        <LeftOut upload={upload} draft={shown} />
        {!draft && <Outcome upload={upload} />}
        {!draft && upload.errors > 0 && <Faults upload={upload} />}
        <Missing gaps={gaps} whole={marks.whole} />
        <MappingTable upload={upload} fields={fields} draft={shown} marks={marks} disabled={working || begin.isPending} onChange={change} />
        <Facts upload={upload} />
      </div>
    </div>
  );
}

/** Columns that fill no field: said before anything is written, not only in the table below. */
function LeftOut({ upload, draft }: { upload: Upload; draft: Draft }) {
  const { t } = useTranslation();
  const names = upload.file.columns.filter((_, i) => !draft.columns[i]).map(({ name }) => name);
  if (!names.length || upload.state === 'done') return null;
  return <Alert type="warning" role="status" showIcon title={t('imports.left_out', { n: integer(names.length), count: names.length })} description={new Intl.ListFormat(language(), { type: 'conjunction' }).format(names)} />;
}

function Facts({ upload }: { upload: Upload }) {
  const { t } = useTranslation();
  const { file } = upload;
  return (
    <Panel title={t('imports.file.title')}>
      <dl className="facts">
        <dt>{t('imports.new.kind')}</dt>
        <dd>{t(`imports.kind.${upload.kind}`)}</dd>
        <dt>{t('imports.file.rows')}</dt>
        <dd>{file.blank ? t('imports.file.rows_and_blank', { rows: integer(file.rows), blank: integer(file.blank) }) : integer(file.rows)}</dd>
        <dt>{t('imports.file.format')}</dt>
        <dd className="mono">{file.format}</dd>
        {file.format === 'csv' && file.encoding && (
          <>
            <dt>{t('imports.file.encoding')}</dt>
            <dd>{file.encoding}</dd>
          </>
        )}
        {file.format === 'csv' && file.delimiter && (
          <>
            <dt>{t('imports.file.delimiter')}</dt>
            <dd className="mono">{file.delimiter === '\t' ? t('imports.file.tab') : file.delimiter}</dd>
          </>
        )}
        <dt>{t('imports.file.by')}</dt>
        <dd>
          {upload.actor_name} · {relative(upload.created_at)}
        </dd>
        <dt>{t('imports.file.kept')}</dt>
        <dd>{relative(upload.expires_at)}</dd>
      </dl>
    </Panel>
  );
}
