// The sheet itself: only the rows on the screen are in the document; up, down and Enter move from field to field.
import { useEffect, useLayoutEffect, useRef, useState, type ClipboardEvent, type KeyboardEvent } from 'react';
import { quantity } from '../../../shared/format';
import { useTranslation } from '../../../shared/i18n';
import { useNarrow } from '../../../shared/desk';
import type { Stock } from '../api';
import { pasted, type Mode, type Typed } from './sheet';

const ROW = 44;
const ROW_NARROW = 60;
const HEAD = 36;
const OVERSCAN = 4;

export const signed = (value: number) => (value > 0 ? `+${quantity(value)}` : quantity(value));

interface Props {
  rows: readonly Stock[];
  names: Readonly<Record<string, string>>;
  texts: Readonly<Record<string, string>>;
  typed: ReadonlyMap<string, Typed>;
  faults: Readonly<Record<string, string>>;
  mode: Mode;
  disabled: boolean;
  put: (changes: Record<string, string>) => void;
}

export function SheetGrid({ rows, names, texts, typed, faults, mode, disabled, put }: Props) {
  const { t } = useTranslation();
  const narrow = useNarrow();
  const height = narrow ? ROW_NARROW : ROW;
  const head = narrow ? 0 : HEAD;
  const box = useRef<HTMLDivElement>(null);
  const wanted = useRef<number | undefined>(undefined);
  const [view, setView] = useState({ from: 0, to: 40 });
  const look = () => {
    const at = box.current;
    if (!at) return;
    const from = Math.max(0, Math.floor(at.scrollTop / height) - OVERSCAN);
    const to = Math.ceil((at.scrollTop + at.clientHeight) / height) + OVERSCAN;
    setView((old) => (old.from === from && old.to === to ? old : { from, to }));
  };
  useLayoutEffect(look, [rows.length, height]);
  useEffect(() => {
    const at = box.current;
    if (!at) return undefined;
    const watch = new ResizeObserver(look);
    watch.observe(at);
    return () => watch.disconnect();
  }, [height]);
  const field = (index: number) => box.current?.querySelector<HTMLInputElement>(`input[data-n="${index}"]`);
  useEffect(() => {
    if (wanted.current === undefined) return;
    const input = field(wanted.current);
    if (!input) return;
    wanted.current = undefined;
    input.focus();
    input.select();
  });
  const go = (index: number) => {
    const at = box.current;
    if (!at || index < 0 || index >= rows.length) return;
    const top = index * height;
    if (top < at.scrollTop) at.scrollTop = top;
    else if (top + height > at.scrollTop + at.clientHeight - head) at.scrollTop = top + height - (at.clientHeight - head);
    const input = field(index);
    if (input) {
      input.focus();
      input.select();
      return;
    }
    wanted.current = index;
    look();
  };
  const onKey = (event: KeyboardEvent, index: number) => {
    const by = event.key === 'ArrowDown' || (event.key === 'Enter' && !event.shiftKey) ? 1 : event.key === 'ArrowUp' || event.key === 'Enter' ? -1 : 0;
    if (!by || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    go(index + by);
  };
  const onPaste = (event: ClipboardEvent, index: number) => {
    const cells = pasted(event.clipboardData.getData('text'));
    if (cells.length < 2) return;
    event.preventDefault();
    put(Object.fromEntries(cells.flatMap((text, i) => (rows[index + i] && text ? [[rows[index + i]!.id, text]] : []))));
    go(Math.min(index + cells.length, rows.length) - 1);
  };
  const from = Math.min(view.from, rows.length);
  return (
    <div ref={box} className="sheet" role="table" aria-label={t('inventory.tab.count')} aria-rowcount={rows.length + 1} onScroll={look}>
      <div className="sheet-row sheet-head" role="row" aria-rowindex={1}>
        <span role="columnheader">{t('inventory.product')}</span>
        <span role="columnheader">{t('inventory.lot')}</span>
        <span role="columnheader" className="num">
          {t('inventory.on_hand')}
        </span>
        <span role="columnheader" className="num">
          {t('inventory.reserved')}
        </span>
        <span role="columnheader" className="num">
          {t(mode === 'counted' ? 'inventory.counted' : 'inventory.delta')}
        </span>
        <span role="columnheader" className="num">
          {t('inventory.delta')}
        </span>
        <span role="columnheader">{t('inventory.sheet.note')}</span>
      </div>
      <div role="presentation" style={{ height: rows.length * height, position: 'relative' }}>
        {rows.slice(from, Math.min(view.to, rows.length)).map((row, i) => {
          const index = from + i;
          const own = typed.get(row.id);
          const fault = faults[row.id] ?? (own && own.value === undefined ? t(mode === 'counted' ? 'inventory.sheet.no_count' : 'inventory.sheet.no_number') : undefined);
          const details = [row.lot, row.condition !== 'good' && t(`enum.condition.${row.condition}`), row.owner].filter(Boolean).join(' · ');
          return (
            <div key={row.id} role="row" aria-rowindex={index + 2} className={own ? 'sheet-row typed' : 'sheet-row'} style={{ position: 'absolute', insetInline: 0, top: index * height }}>
              <span role="cell" className="cell-stack">
                <strong className="mono ellipsis">{row.sku}</strong>
                <small className="ellipsis">{narrow && details ? details : names[row.sku]}</small>
              </span>
              <span role="cell" className="wide-only ellipsis">
                {details}
              </span>
              <span role="cell" className="num">
                {quantity(row.on_hand)}
              </span>
              <span role="cell" className="num wide-only">
                {quantity(row.reserved)}
              </span>
              <span role="cell">
                <input
                  data-n={index}
                  inputMode={mode === 'counted' ? 'decimal' : 'text'}
                  autoComplete="off"
                  disabled={disabled}
                  aria-label={t('inventory.sheet.field', { sku: row.sku, details })}
                  aria-invalid={Boolean(fault)}
                  value={texts[row.id] ?? ''}
                  onChange={(event) => put({ [row.id]: event.target.value })}
                  onKeyDown={(event) => onKey(event, index)}
                  onPaste={(event) => onPaste(event, index)}
                />
              </span>
              <span role="cell" className="num wide-only">
                {own && own.value !== undefined && <span className={own.difference > 0 ? 'plus' : own.difference < 0 ? 'minus' : 'muted'}>{own.difference ? signed(own.difference) : t('inventory.sheet.agrees')}</span>}
              </span>
              <span role="cell" className="wide-only">
                {fault && <span className="sheet-fault">{fault}</span>}
              </span>
            </div>
          );
        })}
      </div>
    </div>
  );
}
