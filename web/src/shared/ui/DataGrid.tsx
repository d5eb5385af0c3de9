// A long list as a windowed grid: `role=grid`, one tab stop, moved by keys. Rows have one height; only those on the screen
// are in the document, so 2,000 rows cost as much as 30.
import { memo, useCallback, useEffect, useId, useLayoutEffect, useRef, useState, type CSSProperties, type KeyboardEvent, type ReactNode } from 'react';
import { useTranslation } from '../i18n';

export interface Column<Row> {
  id: string;
  /** Key of its title in the catalogs. */
  title: string;
  /** Pixels; `grow` takes what is left over in this proportion. */
  width: number;
  grow?: number;
  numeric?: boolean;
  /** The cell holds tags or buttons, not plain text. */
  tagged?: boolean;
  /** What `?sort=` calls it; left out = not sortable. */
  sort?: string;
  /** What it is called in files: a name of the API's columns, or several with `|`, the first that says something. */
  file?: string;
  /** Not shown until chosen. */
  optional?: boolean;
  cell: (row: Row) => ReactNode;
}

interface DataGridProps<Row> {
  label: string;
  rows: readonly Row[];
  columns: readonly Column<Row>[];
  id: (row: Row) => string;
  /** "-created_at" */
  sort?: string | undefined;
  onSort?: (sort: string) => void;
  selected?: ReadonlySet<string> | undefined;
  onSelect?: (selected: ReadonlySet<string>) => void;
  onOpen?: (row: Row, aside: boolean) => void;
  onPeek?: (row: Row | undefined) => void;
  /** The row that the keyboard is at. */
  at?: string | undefined;
  onAt?: (id: string) => void;
  changed?: ReadonlySet<string>;
  /** Called when the end comes near. */
  onEnd?: (() => void) | undefined;
  rowHeight?: number;
  /** What the list is of: another begins at the top, the same keeps the row at its top where it is. */
  of?: string;
  foot?: ReactNode;
}

const OVERSCAN = 2;
const CHECK = 46;
/** What the outer cells have more at the edge, so that lists begin where their titles do. */
const EDGE = 10;

interface RowProps<Row> {
  row: Row;
  rowId: string;
  n: number;
  domId: string;
  top: number;
  template: string;
  columns: readonly Column<Row>[];
  on: boolean;
  at: boolean;
  changed: boolean;
  selectable: boolean;
  selectLabel: string;
  act: (kind: 'open' | 'aside' | 'at' | 'toggle' | 'range', id: string) => void;
}

function RowView<Row>({ row, rowId, n, domId, top, template, columns, on, at, changed, selectable, selectLabel, act }: RowProps<Row>) {
  const style: CSSProperties = { transform: `translateY(${top}px)`, gridTemplateColumns: template };
  const mark = `grid-row${on ? ' on' : ''}${at ? ' at' : ''}${changed ? ' changed' : ''}`;
  return (
    <div
      role="row"
      id={domId}
      aria-rowindex={n + 2}
      {...(selectable ? { 'aria-selected': on } : {})}
      className={mark}
      style={style}
      onClick={(event) => {
        if ((event.target as HTMLElement).closest('a,button,input,.grid-check')) return;
        act('at', rowId);
        act(event.ctrlKey || event.metaKey ? 'aside' : 'open', rowId);
      }}
    >
      {selectable && (
        <div role="gridcell" className="grid-check" onClick={(event) => act(event.shiftKey ? 'range' : 'toggle', rowId)}>
          <input type="checkbox" tabIndex={-1} checked={on} readOnly aria-label={selectLabel} />
        </div>
      )}
      {columns.map((column) => (
        <div key={column.id} role="gridcell" className={`grid-cell${column.numeric ? ' num' : ''}${column.tagged ? ' tagged' : ''}`}>
          {column.cell(row)}
        </div>
      ))}
    </div>
  );
}
const GridRow = memo(RowView) as typeof RowView;

/** Which rows are on the screen: those of the same list stay where they are when others come, another list begins at its top. */
function useWindow<Row>({ rows, id, of, onEnd, rowHeight = 36 }: DataGridProps<Row>) {
  const scroller = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ from: 0, to: 30 });
  const look = useCallback(() => {
    const box = scroller.current;
    if (!box) return;
    const from = Math.max(0, Math.floor(box.scrollTop / rowHeight) - OVERSCAN);
    const to = Math.ceil((box.scrollTop + box.clientHeight) / rowHeight) + OVERSCAN;
    setView((old) => (old.from === from && old.to === to ? old : { from, to }));
  }, [rowHeight]);

  const top = useRef<{ of: string | undefined; rows: readonly Row[] }>(undefined);
  useLayoutEffect(() => {
    const box = scroller.current;
    const old = top.current;
    if (old?.rows === rows) return;
    top.current = { of, rows };
    if (!box || !old || !box.scrollTop) return;
    const first = old.rows[Math.floor(box.scrollTop / rowHeight)];
    if (old.of !== of) box.scrollTop = 0;
    else if (first) {
      const now = rows.findIndex((row) => id(row) === id(first));
      if (now >= 0) box.scrollTop += (now - old.rows.indexOf(first)) * rowHeight;
    }
  }, [of, rows, id, rowHeight]);
  useLayoutEffect(look, [look, rows]);
  useEffect(() => {
    const box = scroller.current;
    if (!box) return undefined;
    const watch = new ResizeObserver(look);
    watch.observe(box);
    return () => watch.disconnect();
  }, [look]);
  useEffect(() => {
    if (onEnd && rows.length && view.to >= rows.length - 10) onEnd();
  }, [onEnd, rows.length, view.to]);
  const show = (index: number) => {
    const box = scroller.current;
    if (!box) return;
    const top = index * rowHeight;
    const visible = box.clientHeight - 36;
    if (top < box.scrollTop) box.scrollTop = top;
    else if (top + rowHeight > box.scrollTop + visible) box.scrollTop = top + rowHeight - visible;
  };
  /** Rows that a page key goes over. */
  const page = () => Math.max(1, Math.floor(((scroller.current?.clientHeight ?? 400) - 36) / rowHeight) - 1);
  return { from: Math.min(view.from, rows.length), to: Math.min(view.to, rows.length), look, show, page, scroller };
}

/** What rows and keys do; the same functions for ever, so that rows need not be drawn again. */
function useActs<Row>(props: DataGridProps<Row>) {
  const anchor = useRef<string | undefined>(undefined);
  // The newest props for handlers that rows keep, so that rows need not be drawn again when those change.
  const now = useRef(props);
  now.current = props;

  const toggle = useCallback((rowId: string, whole = false) => {
    const { rows, id, selected, onSelect } = now.current;
    if (!onSelect) return;
    const next = new Set(selected);
    if (whole && anchor.current) {
      const ids = rows.map(id);
      const [a, b] = [ids.indexOf(anchor.current), ids.indexOf(rowId)].sort((x, y) => x - y) as [number, number];
      for (const one of ids.slice(Math.max(a, 0), b + 1)) next.add(one);
    } else if (!next.delete(rowId)) next.add(rowId);
    anchor.current = rowId;
    onSelect(next);
  }, []);

  const act = useCallback<RowProps<Row>['act']>(
    (kind, rowId) => {
      const { rows, id, onOpen, onAt } = now.current;
      if (kind === 'toggle' || kind === 'range') return toggle(rowId, kind === 'range');
      if (kind === 'at') return onAt?.(rowId);
      const row = rows.find((one) => id(one) === rowId);
      if (row) onOpen?.(row, kind === 'aside');
      return undefined;
    },
    [toggle],
  );
  /** What is extended next begins anew. */
  const forget = useCallback(() => {
    anchor.current = undefined;
  }, []);
  return { act, toggle, forget };
}

/** The row that the keyboard is at, and the keys that move it. */
function useGridKeys<Row>({ rows, id, at, onAt, onPeek, onOpen, onSelect }: DataGridProps<Row>, { toggle, forget }: ReturnType<typeof useActs<Row>>, { show, page }: ReturnType<typeof useWindow<Row>>) {
  const atIndex = at === undefined ? -1 : rows.findIndex((row) => id(row) === at);
  const move = (to: number, extend: boolean) => {
    const index = Math.min(Math.max(to, 0), rows.length - 1);
    const row = rows[index];
    if (!row) return;
    onAt?.(id(row));
    show(index);
    if (extend) toggle(id(row), true);
    else forget();
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if ((event.target as HTMLElement).closest('.grid-head')) return;
    const here = rows[atIndex];
    const keys: Record<string, () => void> = {
      ArrowDown: () => move(atIndex + 1, event.shiftKey),
      ArrowUp: () => move(atIndex - 1, event.shiftKey),
      j: () => move(atIndex + 1, false),
      k: () => move(atIndex - 1, false),
      PageDown: () => move(atIndex + page(), event.shiftKey),
      PageUp: () => move(atIndex - page(), event.shiftKey),
      Home: () => move(0, event.shiftKey),
      End: () => move(rows.length - 1, event.shiftKey),
      x: () => here && toggle(id(here)),
      ' ': () => onPeek?.(here),
      Enter: () => here && onOpen?.(here, event.ctrlKey || event.metaKey),
    };
    if ((event.ctrlKey || event.metaKey) && event.key === 'a' && onSelect) {
      event.preventDefault();
      event.stopPropagation();
      onSelect(new Set(rows.map(id)));
      return;
    }
    const run = event.ctrlKey || event.metaKey || event.altKey ? (event.key === 'Enter' ? keys.Enter : undefined) : keys[event.key];
    if (!run) return;
    event.preventDefault();
    event.stopPropagation();
    run();
  };
  return { atIndex, move, onKeyDown };
}

/** Columns in pixels; rows are as wide as their columns at least, all of them the same whatever they hold. */
function widthsOf<Row>(columns: readonly Column<Row>[], selectable: boolean) {
  const widths = columns.map((column, i) => column.width + (i === 0 && !selectable ? EDGE : 0) + (i === columns.length - 1 ? EDGE : 0));
  const template = `${selectable ? `${CHECK}px ` : ''}${columns.map((c, i) => (c.grow ? `minmax(${widths[i]}px, ${c.grow}fr)` : `${widths[i]}px`)).join(' ')}`;
  const least = widths.reduce((all, width) => all + width, selectable ? CHECK : 0);
  return { template, least };
}

function Head<Row>({ of: { rows, columns, id, sort, onSort, selected, onSelect }, template }: { of: DataGridProps<Row>; template: string }) {
  const { t } = useTranslation();
  const all = rows.length > 0 && (selected?.size ?? 0) >= rows.length && rows.every((row) => selected?.has(id(row)));
  const sorted = (column: Column<Row>) => (column.sort && sort?.replace(/^-/, '') === column.sort ? (sort.startsWith('-') ? 'descending' : 'ascending') : undefined);
  return (
    <div role="row" aria-rowindex={1} className="grid-head" style={{ gridTemplateColumns: template }}>
      {onSelect && (
        <div role="columnheader" className="grid-check">
          <input
            type="checkbox"
            aria-label={t('list.select_all')}
            checked={all}
            ref={(box) => {
              if (box) box.indeterminate = !all && Boolean(selected?.size);
            }}
            onChange={() => onSelect(all ? new Set() : new Set(rows.map(id)))}
          />
        </div>
      )}
      {columns.map((column) => {
        const order = sorted(column);
        return (
          <div key={column.id} role="columnheader" className={`grid-cell${column.numeric ? ' num' : ''}`} aria-sort={order ?? (column.sort ? 'none' : undefined)}>
            {column.sort && onSort ? (
              <button type="button" onClick={() => onSort(order === 'descending' ? column.sort! : `-${column.sort!}`)}>
                {t(column.title)}
                <span aria-hidden="true">{order === 'descending' ? '↓' : order === 'ascending' ? '↑' : ''}</span>
              </button>
            ) : (
              t(column.title)
            )}
          </div>
        );
      })}
    </div>
  );
}

export function DataGrid<Row>(props: DataGridProps<Row>) {
  const { rows, columns, id, selected, at, changed, rowHeight = 36, label, foot } = props;
  const { t } = useTranslation();
  const base = useId();
  const selectable = Boolean(props.onSelect);
  const seen = useWindow(props);
  const acts = useActs(props);
  const { atIndex, move, onKeyDown } = useGridKeys(props, acts, seen);
  const { template, least } = widthsOf(columns, selectable);
  const { from, to, look, scroller } = seen;
  return (
    <div className="grid">
      <div
        ref={scroller}
        className="grid-scroll"
        role="grid"
        aria-label={label}
        aria-rowcount={-1}
        aria-multiselectable={selectable || undefined}
        aria-activedescendant={atIndex >= from && atIndex < to ? `${base}${atIndex}` : undefined}
        tabIndex={0}
        onScroll={look}
        onKeyDown={onKeyDown}
        onFocus={(event) => {
          if (event.target === scroller.current && atIndex < 0 && rows.length) move(0, false);
        }}
        style={{ ['--row' as string]: `${rowHeight}px`, ['--least' as string]: `${least}px` }}
      >
        <Head of={props} template={template} />
        <div role="presentation" style={{ position: 'relative', height: rows.length * rowHeight }}>
          {rows.slice(from, to).map((row, i) => {
            const rowId = id(row);
            return (
              <GridRow
                key={rowId}
                row={row}
                rowId={rowId}
                n={from + i}
                domId={`${base}${from + i}`}
                top={(from + i) * rowHeight}
                template={template}
                columns={columns}
                on={selected?.has(rowId) ?? false}
                at={rowId === at}
                changed={changed?.has(rowId) ?? false}
                selectable={selectable}
                selectLabel={t('list.select_row')}
                act={acts.act}
              />
            );
          })}
        </div>
        {foot && <div className="grid-foot">{foot}</div>}
      </div>
    </div>
  );
}
