// Above the rows: saved views, search, filters, how the list looks, and the list as a file.
import { ColumnHeightOutlined, DownloadOutlined, DownOutlined, FilterOutlined, SearchOutlined, TableOutlined } from '@ant-design/icons';
import { Button, Checkbox, Dropdown, Input, Popover, Tooltip, type InputRef } from 'antd';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { useTranslation } from '../../i18n';
import { printAddress, type ListState } from '../../views';
import { filterText, type Filter } from '../filters';
import { SavedViews } from '../SavedViews';
import type { ListDefinition } from './definition';
import { fileColumns } from './file';
import { densities, type Density, type Screen } from './useListScreen';

export function Tools<Row>({ screen, narrow }: { screen: Screen<Row>; narrow: boolean }) {
  const { t } = useTranslation();
  const { list, state, search, shown, setShown, filtering } = screen;
  const [adding, setAdding] = useState<string>();
  const chips = list.filters.filter((filter) => filter.id === adding || filtering.includes(filter));
  return (
    <div className="toolbar no-print" role="search" aria-label={t('list.tools')}>
      <SavedViews screen={list.screen} state={state} columns={shown} setColumns={setShown} />
      {list.searchable !== false && (
        <SearchBox box={search} value={state.q} label={t('list.search')} onChange={(q) => state.set({ q: q || undefined }, true)} />
      )}
      {chips.map((filter) => (
        <FilterChip key={filter.id} filter={filter} state={state} fresh={filter.id === adding} onClosed={() => setAdding((now) => (now === filter.id ? undefined : now))} />
      ))}
      <AddFilter list={list} shown={chips} state={state} onAdd={setAdding} />
      {chips.length > 0 && (
        <Button type="text" onClick={() => state.reset(state.q ? { q: state.q } : {})}>
          {t('list.clear')}
        </Button>
      )}
      <span className="grow" />
      {!narrow && <Looks screen={screen} />}
      {list.exportable !== false && <Export screen={screen} />}
    </div>
  );
}

/** What may be filtered by and is not yet. */
function AddFilter<Row>({ list, shown, state, onAdd }: { list: ListDefinition<Row>; shown: readonly Filter[]; state: ListState; onAdd: (id: string) => void }) {
  const { t } = useTranslation();
  return (
    <Dropdown
      autoFocus
      trigger={['click']}
      menu={{
        items: list.filters.filter((filter) => !shown.includes(filter)).map((filter) => ({ key: filter.id, label: t(filter.label) })),
        onClick: ({ key }) => {
          const filter = list.filters.find((one) => one.id === key);
          const first = filter?.names[0];
          const begin = filter?.first ?? (filter?.kind === 'flag' ? 'true' : undefined);
          if (first && begin !== undefined) state.set({ [first]: begin });
          else onAdd(key); // its box opens; nothing is asked before something is chosen in it
        },
      }}
    >
      <Button icon={<FilterOutlined aria-hidden />} type="text">
        {t('list.filter')}
      </Button>
    </Dropdown>
  );
}

/** How high the rows are, and which columns there are. */
function Looks<Row>({ screen: { list, columns, setShown, density, setDensity } }: { screen: Screen<Row> }) {
  const { t } = useTranslation();
  return (
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
  );
}

/** Exactly this list as a file: the columns that are shown, under their titles, or every field. */
function Export<Row>({ screen: { list, asked, columns } }: { screen: Screen<Row> }) {
  const { t } = useTranslation();
  const shown = fileColumns(columns, t);
  const items = ['xlsx', 'csv_major'].flatMap((format) => [...(shown ? [{ key: `${format} shown`, label: t(`list.export_${format}_shown`) }] : []), { key: format, label: t(`list.export_${format}`) }]);
  const save = (key: string) => {
    const [format = '', part] = key.split(' ');
    location.assign(`${list.path}${printAddress({ ...asked, format, ...(part ? { columns: shown } : {}) })}`);
  };
  return (
    <Dropdown autoFocus trigger={['click']} menu={{ items, onClick: ({ key }) => save(key) }}>
      <Button type="text" aria-label={t('list.export')} icon={<DownloadOutlined aria-hidden />} />
    </Dropdown>
  );
}

const FilterEditor = lazy(() => import('../FilterEditor'));

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
