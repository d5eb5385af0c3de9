// Where products lie at a location, in the order they are walked: typed like a sheet, saved together.
import { PlusOutlined } from '@ant-design/icons';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { App, Button, Input } from 'antd';
import { useMemo, useState } from 'react';
import { readPath, sendPath } from '../../../shared/api/client';
import { asProblem } from '../../../shared/api/problem';
import { useMay } from '../../../shared/api/session';
import { PageHead, Panel, SkuSelect } from '../../../shared/desk';
import { integer } from '../../../shared/format';
import { useTranslation } from '../../../shared/i18n';
import { useKeys } from '../../../shared/keys';
import { Bones, Trouble, useProblemText } from '../../../shared/ui';
import type { Location } from '../api';
import { BINS_MAX, changesOf, parseWalk, type Bin, type Typed } from './bins';

const PAGE = 200;
const SHOWN = 200;

export function Bins() {
  const { t } = useTranslation();
  const { code } = useParams({ strict: false }) as { code: string };
  const { message } = App.useApp();
  const problemText = useProblemText();
  const may = useMay();
  const client = useQueryClient();
  const [typed, setTyped] = useState<Record<string, Typed>>({});
  const [find, setFind] = useState('');
  const [adding, setAdding] = useState<string>();
  const path = `/v1/locations/${encodeURIComponent(code)}`;
  const place = useQuery({ queryKey: ['locations', 'one', code], queryFn: () => readPath<Location>(path, {}) });
  const found = useQuery({
    queryKey: ['bins', code],
    queryFn: async ({ signal }) => {
      const rows: Bin[] = [];
      let cursor: string | undefined;
      do {
        const page: { data: Bin[]; next_cursor: string | null } = await readPath(`${path}/bins`, { sort: 'walk', limit: PAGE, cursor }, signal);
        rows.push(...page.data);
        cursor = page.next_cursor ?? undefined;
      } while (cursor && rows.length < 20 * PAGE);
      return rows;
    },
  });
  const stored = found.data ?? [];
  const rows = useMemo(() => {
    const known = new Set(stored.map((one) => one.sku));
    const fresh: Bin[] = Object.keys(typed)
      .filter((sku) => !known.has(sku))
      .map((sku) => ({ sku, bin: '' }));
    return [...fresh, ...stored];
  }, [stored, typed]);
  const words = find.trim().toLowerCase();
  const shown = rows.filter((row) => !words || `${row.sku} ${row.bin}`.toLowerCase().includes(words));
  const { bins, faulty } = changesOf(stored, typed);
  const wrong = new Set(faulty);
  const write = may('master.write');
  const put = (sku: string, change: Typed) => setTyped((old) => ({ ...old, [sku]: { ...old[sku], ...change } }));
  const save = useMutation({
    mutationFn: async () => {
      for (let from = 0; from < bins.length; from += BINS_MAX) await sendPath('PUT', `${path}/bins`, { bins: bins.slice(from, from + BINS_MAX) });
    },
    onSuccess: () => {
      setTyped({});
      void client.invalidateQueries({ queryKey: ['bins', code] });
      void message.success(t('common.saved'));
    },
    onError: (error) => {
      const first = asProblem(error).errors[0];
      void message.error(first ? t(`error.${first.code}`, { defaultValue: first.detail }) : problemText(error));
    },
  });
  const dirty = bins.length > 0 || faulty.length > 0;
  useKeys('keys.group.page', [{ keys: 'mod+s', label: 'common.save', always: true, run: () => bins.length && !faulty.length && !save.isPending && save.mutate() }]);
  if (found.isPending || place.isPending) return <Bones rows={10} />;
  if (found.isError) return <Trouble error={found.error} retry={() => void found.refetch()} />;
  return (
    <div className="screen page">
      <PageHead back={`/locations/${encodeURIComponent(code)}`} backLabel={place.data?.name ?? code} title={t('inventory.bins.title')} tags={<span className="mono muted">{code}</span>} />
      <div className="screen-body">
        <Panel
          title={t('inventory.bins.of', { name: place.data?.name ?? code })}
          note={t('inventory.bins.note')}
          extra={<Input allowClear style={{ width: 220 }} aria-label={t('inventory.bins.find')} placeholder={t('inventory.bins.find')} value={find} onChange={(event) => setFind(event.target.value)} />}
        >
          {write && (
            <div className="row wrap" style={{ marginBottom: 12 }}>
              <span style={{ width: 320, maxWidth: '100%', display: 'grid' }}>
                <SkuSelect aria-label={t('inventory.product')} placeholder={t('inventory.product')} {...(adding ? { value: adding } : {})} onChange={(sku) => setAdding(sku)} />
              </span>
              <Button
                icon={<PlusOutlined aria-hidden />}
                disabled={!adding}
                onClick={() => {
                  if (adding) put(adding, {});
                  setFind('');
                  setAdding(undefined);
                }}
              >
                {t('inventory.bins.add')}
              </Button>
            </div>
          )}
          {rows.length === 0 ? (
            <p className="muted">{t('inventory.bins.empty')}</p>
          ) : (
            <div className="table-scroll">
              <table className="plain bins">
                <thead>
                  <tr>
                    <th scope="col">{t('inventory.sku')}</th>
                    <th scope="col">{t('inventory.bins.bin')}</th>
                    <th scope="col">{t('inventory.bins.walk')}</th>
                  </tr>
                </thead>
                <tbody>
                  {shown.slice(0, SHOWN).map((row) => {
                    const own = typed[row.sku];
                    const walk = own?.walk ?? (row.walk === undefined || row.walk === null ? '' : String(row.walk));
                    return (
                      <tr key={row.sku}>
                        <th scope="row" className="mono">
                          {row.sku}
                        </th>
                        <td>
                          <Input disabled={!write} maxLength={64} aria-label={t('inventory.bins.bin_of', { sku: row.sku })} value={own?.bin ?? row.bin} {...(wrong.has(row.sku) && !(own?.bin ?? row.bin).trim() ? { status: 'error' as const, 'aria-invalid': true } : {})} onChange={(event) => put(row.sku, { bin: event.target.value })} />
                        </td>
                        <td>
                          <Input disabled={!write} inputMode="numeric" aria-label={t('inventory.bins.walk_of', { sku: row.sku })} value={walk} {...(walk && parseWalk(walk) === undefined ? { status: 'error' as const, 'aria-invalid': true } : {})} onChange={(event) => put(row.sku, { walk: event.target.value })} />
                        </td>
                      </tr>
                    );
                  })}
                </tbody>
              </table>
              {shown.length > SHOWN && <p className="panel-note">{t('list.held', { n: integer(SHOWN) })}</p>}
            </div>
          )}
        </Panel>
      </div>
      {dirty && (
        <div className="savebar no-print" role="region" aria-label={t('record.unsaved')}>
          <span className="grow">{faulty.length ? t('inventory.bins.faulty', { skus: faulty.slice(0, 5).join(', ') }) : t('record.unsaved')}</span>
          <Button onClick={() => setTyped({})}>{t('record.discard')}</Button>
          <Button type="primary" disabled={faulty.length > 0 || !bins.length} loading={save.isPending} onClick={() => save.mutate()}>
            {t('common.save')}
          </Button>
        </div>
      )}
    </div>
  );
}
