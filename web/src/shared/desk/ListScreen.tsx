// The list of everything: chips of filters, saved views, columns, density, full text, selection with verbs in bulk, peek,
// export of exactly this list, cards on phones. A screen gives its definition; the rest is here once.
import { CloseOutlined, ColumnHeightOutlined, DownloadOutlined, DownOutlined, FilterOutlined, SearchOutlined, TableOutlined } from '@ant-design/icons';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Button, Checkbox, Dropdown, Input, Popover, Tooltip, type InputRef } from 'antd';
import { lazy, Suspense, useCallback, useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import { readPath } from '../api/client';
import { integer } from '../format';
import { useTranslation } from '../i18n';
import { useKeys } from '../keys';
import { useChanged } from '../live';
import { DataGrid, Empty, Trouble, Bones, type Column } from '../ui';
import { printAddress, useListState, type ListState, type Query } from '../views';
import { filterText, type Filter } from './filters';
import { useKept } from './kept';
import { SavedViews } from './SavedViews';
import { useSteady } from './steady';
import { useList, type Page } from './useList';
import { useNarrow } from './useNarrow';

export type { Filter } from './filters';

export interface BulkVerb<Row> {
  id: string;
  label: string;
  danger?: boolean;
  icon?: ReactNode;
  /** Opens its dialog; `query` is the list's when all that match are meant, else undefined. */
  run: (rows: Row[], query: Query | undefined, done: () => void) => void;
}

export interface ListDefinition<Row> {
  /** Names the screen for saved views and kept settings. */
  screen: string;
  /** First part of the query keys, see shared/live. */
  resource: string;
  path: string;
  title: string;
  /** Always sent: `expand`, or what the screen is about. */
  fixed?: Query;
  defaults?: Query;
  /** Sorting that the server does without being asked. */
  defaultSort: string;
  columns: readonly Column<Row>[];
  filters: readonly Filter[];
  id: (row: Row) => string;
  /** Where a row leads. */
  href?: (row: Row) => string;
  peek?: (row: Row) => ReactNode;
  card: (row: Row) => ReactNode;
  bulk?: readonly BulkVerb<Row>[];
  searchable?: boolean;
  exportable?: boolean;
  /** false: the server cannot count it. */
  countable?: boolean;
  empty: { title: string; text: string; action?: ReactNode };
  actions?: ReactNode;
  /** Above the grid: tabs, queues with counters. */
  head?: ReactNode;
  /** Instead of the grid: a board. Given the rows and the address's `as`. */
  instead?: (rows: Row[], as: string | undefined) => ReactNode | undefined;
}

const densities = { compact: 30, normal: 36, roomy: 44 } as const;
type Density = keyof typeof densities;

export function ListScreen<Row>({ of: list }: { of: ListDefinition<Row> }) {
  const { t } = useTranslation();
  const state = useListState();
  const navigate = useNavigate();
  const client = useQueryClient();
  const changed = useChanged();
  const narrow = useNarrow();
  const search = useRef<InputRef>(null);
  const [density, setDensity] = useKept<Density>(`${list.screen}.density`, 'normal');
  const [shown, setShown] = useKept<string[] | null>(`${list.screen}.columns`, null);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [every, setEvery] = useState(false);
  const [at, setAt] = useState<string>();
  const [count, setCount] = useState<number>();

  const asked = useMemo(() => ({ ...list.defaults, ...list.fixed, ...state.query }), [list, state.query]);
  const key = JSON.stringify(asked);
  const result = useList<Row>(list.resource, list.path, asked);
  const { rows, waiting, show, turn } = useSteady(result.rows, list.id, key, !result.isPlaceholderData && !result.isFetching);
  const sort = state.sort ?? list.defaultSort;

  useEffect(() => {
    setSelected(new Set());
    setEvery(false);
    setCount(undefined);
  }, [key]);

  // A page may be empty and still not the last one: the server looks through so many rows at a time.
  useEffect(() => {
    if (!rows.length && result.hasNextPage && !result.isFetchingNextPage) void result.fetchNextPage();
  }, [rows.length, result.hasNextPage, result.isFetchingNextPage]);

  const columns = useMemo(
    () => (shown ? list.columns.filter((column) => shown.includes(column.id)) : list.columns.filter((column) => !column.optional)),
    [list.columns, shown],
  );
  const open = useCallback(
    (row: Row, aside: boolean) => {
      const href = list.href?.(row);
      if (!href) return state.set({ peek: list.id(row) });
      if (aside) return void window.open(href, '_blank', 'noopener');
      return void navigate({ to: href as never });
    },
    [list, navigate, state],
  );
  const peeked = state.peek ? rows.find((row) => list.id(row) === state.peek) : undefined;
  const step = (by: number) => {
    const index = rows.findIndex((row) => list.id(row) === state.peek);
    const next = rows[index + by];
    if (!next) return;
    setAt(list.id(next));
    state.set({ peek: list.id(next) }, true);
  };

  useKeys('keys.group.list', [
    { keys: '/', label: 'keys.search', run: () => search.current?.focus() },
    { keys: 'Escape', label: 'keys.back', run: () => (state.peek ? state.set({ peek: undefined }) : setSelected(new Set())) },
  ]);

  // The rows' own keys work wherever one is on the page: they go to the grid, which takes the focus with them.
  const grid = useRef<HTMLDivElement>(null);
  const hand = (key: string, label: string) => ({
    keys: key,
    label,
    run: () => {
      const rows = grid.current?.querySelector<HTMLElement>('[role="grid"]');
      rows?.focus({ preventScroll: true });
      rows?.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
    },
  });
  useKeys('keys.group.grid', [hand('j', 'keys.move'), hand('k', 'keys.move'), hand('x', 'keys.select'), hand(' ', 'keys.peek')]);

  const askCount = async () => {
    const page = await client.fetchQuery({
      queryKey: [list.resource, 'count', list.path, asked],
      queryFn: () => readPath<Page<Row>>(list.path, { ...asked, sort: undefined, limit: 1, count: 'estimate' }),
    });
    setCount(page.count);
    return page.count;
  };

  const [adding, setAdding] = useState<string>();
  const filtering = list.filters.filter((filter) => filter.names.some((name) => state.query[name] !== undefined));
  const chips = list.filters.filter((filter) => filter.id === adding || filtering.includes(filter));
  const csv = (format: 'csv' | 'xlsx') => {
    location.assign(`${list.path}${printAddress({ ...asked, format })}`);
  };
  const chosen = rows.filter((row) => selected.has(list.id(row)));
  const done = () => {
    setSelected(new Set());
    setEvery(false);
  };

  const body = () => {
    if (result.isPending) return <Bones rows={12} />;
    if (result.isError && !rows.length) return <Trouble error={result.error} retry={() => void result.refetch()} />;
    const other = list.instead?.(rows, state.as);
    if (other) return other;
    if (!rows.length && result.hasNextPage) return <Bones rows={12} />;
    if (!rows.length) {
      const filtered = filtering.length > 0 || state.q;
      return filtered ? (
        <Empty title={t('list.none')} action={<Button onClick={() => state.reset({})}>{t('list.clear')}</Button>}>
          {t('list.none_text')}
        </Empty>
      ) : (
        <Empty title={t(list.empty.title)} action={list.empty.action}>
          {t(list.empty.text)}
        </Empty>
      );
    }
    const more = result.hasNextPage && !result.isFetchingNextPage ? () => void result.fetchNextPage() : undefined;
    if (narrow)
      return (
        <div className="cards" onScroll={(event) => {
          const box = event.currentTarget;
          if (more && box.scrollHeight - box.scrollTop - box.clientHeight < 600) more();
        }}>
          {rows.map((row) => (
            <CardLink key={list.id(row)} href={list.href?.(row)} onOpen={list.peek ? () => open(row, false) : undefined} changed={changed.has(list.id(row))}>
              {list.card(row)}
            </CardLink>
          ))}
          {result.hasNextPage && <Button onClick={() => void result.fetchNextPage()}>{t('list.more')}</Button>}
        </div>
      );
    return (
      <DataGrid
        label={t(list.title)}
        rows={rows}
        columns={columns}
        id={list.id}
        sort={sort}
        onSort={(next) => state.set({ sort: next })}
        selected={selected}
        {...(list.bulk?.length ? { onSelect: setSelected } : {})}
        onOpen={open}
        {...(list.peek ? { onPeek: (row: Row | undefined) => row && state.set({ peek: state.peek === list.id(row) ? undefined : list.id(row) }) } : {})}
        at={at}
        onAt={setAt}
        changed={changed}
        onEnd={more}
        rowHeight={densities[density]}
        of={`${key} ${turn}`}
        foot={result.full ? t('list.held', { n: integer(rows.length) }) : result.isFetchingNextPage ? t('common.loading') : undefined}
      />
    );
  };

  return (
    <div className="screen list-screen">
      <header className="screen-head">
        <h1>{t(list.title)}</h1>
        {list.countable !== false && (
          <button type="button" className="count" onClick={() => void askCount()} title={t('list.count_ask')}>
            {count === undefined ? t('list.count') : t('list.counted', { n: integer(count) })}
          </button>
        )}
        <span className="grow" />
        {list.actions}
      </header>
      {list.head}
      <div className="toolbar no-print" role="search" aria-label={t('list.tools')}>
        <SavedViews screen={list.screen} state={state} columns={shown} setColumns={setShown} />
        {list.searchable !== false && (
          <SearchBox box={search} value={state.q} label={t('list.search')} onChange={(q) => state.set({ q: q || undefined }, true)} />
        )}
        {chips.map((filter) => (
          <FilterChip key={filter.id} filter={filter} state={state} fresh={filter.id === adding} onClosed={() => setAdding((now) => (now === filter.id ? undefined : now))} />
        ))}
        <Dropdown
          autoFocus
          trigger={['click']}
          menu={{
            items: list.filters.filter((filter) => !chips.includes(filter)).map((filter) => ({ key: filter.id, label: t(filter.label) })),
            onClick: ({ key }) => {
              const filter = list.filters.find((one) => one.id === key);
              const first = filter?.names[0];
              const begin = filter?.first ?? (filter?.kind === 'flag' ? 'true' : undefined);
              if (first && begin !== undefined) state.set({ [first]: begin });
              else setAdding(key); // its box opens; nothing is asked before something is chosen in it
            },
          }}
        >
          <Button icon={<FilterOutlined aria-hidden />} type="text">
            {t('list.filter')}
          </Button>
        </Dropdown>
        {chips.length > 0 && (
          <Button type="text" onClick={() => state.reset(state.q ? { q: state.q } : {})}>
            {t('list.clear')}
          </Button>
        )}
        <span className="grow" />
        {!narrow && (
          <>
            <Tooltip title={t('list.density')}>
              <Dropdown
                autoFocus
                trigger={['click']}
                menu={{
                  selectable: true,
                  selectedKeys: [density],
                  items: Object.keys(densities).map((name) => ({ key: name, label: t(`list.density_${name}`) })),
                  onClick: ({ key }) => setDensity(key as Density),
                }}
              >
                <Button type="text" aria-label={t('list.density')} icon={<ColumnHeightOutlined aria-hidden />} />
              </Dropdown>
            </Tooltip>
            <Popover
              trigger="click"
              placement="bottomRight"
              content={
                <fieldset className="choices">
                  <legend className="hidden">{t('list.columns')}</legend>
                  {list.columns.map((column) => (
                    <Checkbox
                      key={column.id}
                      checked={columns.some((one) => one.id === column.id)}
                      onChange={(event) => {
                        const ids = new Set(columns.map((one) => one.id));
                        if (event.target.checked) ids.add(column.id);
                        else ids.delete(column.id);
                        setShown(list.columns.filter((one) => ids.has(one.id)).map((one) => one.id));
                      }}
                    >
                      {t(column.title)}
                    </Checkbox>
                  ))}
                </fieldset>
              }
            >
              <Tooltip title={t('list.columns')}>
                <Button type="text" aria-label={t('list.columns')} icon={<TableOutlined aria-hidden />} />
              </Tooltip>
            </Popover>
          </>
        )}
        {list.exportable !== false && (
          <Dropdown
            autoFocus
            trigger={['click']}
            menu={{ items: [{ key: 'xlsx', label: t('list.export_xlsx') }, { key: 'csv', label: t('list.export_csv') }], onClick: ({ key }) => csv(key as 'csv') }}
          >
            <Button type="text" aria-label={t('list.export')} icon={<DownloadOutlined aria-hidden />} />
          </Dropdown>
        )}
      </div>
      {selected.size > 0 && list.bulk && (
        <div className="bulkbar no-print" role="toolbar" aria-label={t('list.bulk')}>
          <strong>{every ? t('list.all_matching') : t('list.selected', { n: integer(selected.size) })}</strong>
          {!every && selected.size >= rows.length && result.hasNextPage && (
            <Button type="link" onClick={() => setEvery(true)}>
              {t('list.select_matching')}
            </Button>
          )}
          {list.bulk.map((verb) => (
            <Button key={verb.id} danger={verb.danger ?? false} icon={verb.icon} onClick={() => verb.run(chosen, every ? asked : undefined, done)}>
              {t(verb.label)}
            </Button>
          ))}
          <span className="grow" />
          <Button type="text" aria-label={t('list.unselect')} icon={<CloseOutlined aria-hidden />} onClick={done} />
        </div>
      )}
      <div className="list-body" ref={grid}>
        <News n={waiting} show={show} />
        {body()}
        {peeked && list.peek && (
          <aside className="peek" aria-label={t('list.peek')}>
            <div className="peek-head">
              <Button type="text" onClick={() => step(-1)} aria-label={t('list.previous')}>
                ↑
              </Button>
              <Button type="text" onClick={() => step(1)} aria-label={t('list.next')}>
                ↓
              </Button>
              <span className="grow" />
              {list.href && (
                <Button type="link" onClick={() => open(peeked, false)}>
                  {t('list.open')}
                </Button>
              )}
              <Button type="text" aria-label={t('common.close')} icon={<CloseOutlined aria-hidden />} onClick={() => state.set({ peek: undefined })} />
            </div>
            {list.peek(peeked)}
          </aside>
        )}
      </div>
    </div>
  );
}

const SAID_EVERY_MS = 5_000;

/** "3 new": rows that came while one looks. Told to a screen reader every 5 s at most. */
function News({ n, show }: { n: number; show: () => void }) {
  const { t } = useTranslation();
  const [said, setSaid] = useState(0);
  const last = useRef(0);
  useEffect(() => {
    const timer = setTimeout(() => {
      last.current = Date.now();
      setSaid(n);
    }, Math.max(0, last.current + SAID_EVERY_MS - Date.now()));
    return () => clearTimeout(timer);
  }, [n]);
  return (
    <>
      <span className="hidden" role="status">
        {said > 0 ? t('list.news', { n: integer(said) }) : ''}
      </span>
      {n > 0 && (
        <button type="button" className="news no-print" title={t('list.news_show')} onClick={show}>
          {t('list.news', { n: integer(n) })}
        </button>
      )}
    </>
  );
}

const FilterEditor = lazy(() => import('./FilterEditor'));

function FilterChip({ filter, state, fresh, onClosed }: { filter: Filter; state: ListState; fresh: boolean; onClosed: () => void }) {
  const { t } = useTranslation();
  const chip = (
    <button type="button" className="chip">
      <span className="ellipsis">{filterText(filter, state.query, t)}</span>
      <DownOutlined aria-hidden />
    </button>
  );
  return (
    <Suspense fallback={chip}>
      <FilterEditor filter={filter} state={state} fresh={fresh} onClosed={onClosed}>
        {chip}
      </FilterEditor>
    </Suspense>
  );
}

function CardLink({ href, onOpen, changed, children }: { href: string | undefined; onOpen: (() => void) | undefined; changed: boolean; children: ReactNode }) {
  const navigate = useNavigate();
  const className = `card${changed ? ' changed' : ''}`;
  if (!href && onOpen)
    return (
      <button type="button" className={className} onClick={onOpen}>
        {children}
      </button>
    );
  if (!href) return <div className={className}>{children}</div>;
  return (
    <a
      className={className}
      href={href}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey) return;
        event.preventDefault();
        void navigate({ to: href as never });
      }}
    >
      {children}
    </a>
  );
}

const TYPING_MS = 250;

function SearchBox({ value, onChange, label, box }: { value: string; onChange: (q: string) => void; label: string; box: React.RefObject<InputRef | null> }) {
  const [text, setText] = useState(value);
  const sent = useRef(value);
  useEffect(() => {
    if (value !== sent.current) setText((sent.current = value));
  }, [value]);
  useEffect(() => {
    if (text === sent.current) return undefined;
    const timer = setTimeout(() => onChange((sent.current = text)), TYPING_MS);
    return () => clearTimeout(timer);
  }, [text, onChange]);
  return (
    <Input
      ref={box}
      className="search"
      allowClear
      prefix={<SearchOutlined aria-hidden />}
      aria-label={label}
      placeholder={label}
      value={text}
      onChange={(event) => setText(event.target.value)}
    />
  );
}
