// Filters of a list as chips. One filter may own several parameters of the API (a range has two).
import { Button, Checkbox, DatePicker, Input, InputNumber, Popover, Radio } from 'antd';
import dayjs from 'dayjs';
import type { TFunction } from 'i18next';
import { useState, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { day } from '../format';
import type { ListState, Query } from '../views';

export interface Filter {
  id: string;
  label: string;
  kind: 'choice' | 'text' | 'number' | 'dates' | 'flag';
  /** Parameters of the API: one; for dates and number ranges [gte, lte]. */
  names: readonly string[];
  options?: readonly { value: string; label: string }[];
  /** Of a choice: one at a time, the server takes no list. */
  single?: boolean;
  /** What it begins with when added. */
  first?: string;
}

/** A filter of an enum of the domain: its words are `enum.<of>.<value>`. */
export function choice(id: string, label: string, of: string, values: readonly string[]): Filter {
  return { id, label, kind: 'choice', names: [id], options: values.map((value) => ({ value, label: `enum.${of}.${value}` })) };
}

export function filterText(filter: Filter, query: Query, t: TFunction): string {
  const label = t(filter.label);
  const values = filter.names.map((name) => query[name]);
  const shown = (() => {
    switch (filter.kind) {
      case 'choice':
        return (values[0] ?? '')
          .split(',')
          .map((value) => {
            const option = filter.options?.find((one) => one.value === value);
            return option ? t(option.label) : value;
          })
          .join(', ');
      case 'dates':
        return `${values[0] ? day(values[0]) : '…'} – ${values[1] ? day(values[1]) : '…'}`;
      case 'number':
        return filter.names.length > 1 ? `${values[0] ?? '…'} – ${values[1] ?? '…'}` : (values[0] ?? '');
      case 'flag':
        return '';
      default:
        return values[0] ?? '';
    }
  })();
  return shown ? `${label}: ${shown}` : label;
}

export function FilterEditor({ filter, state, children }: { filter: Filter; state: ListState; children: ReactElement }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const [a, b] = filter.names as [string, string?];
  const value = state.query[a] ?? '';
  const remove = () => {
    setOpen(false);
    state.set(Object.fromEntries(filter.names.map((name) => [name, undefined])));
  };
  const editor = () => {
    switch (filter.kind) {
      case 'choice':
        if (filter.single)
          return (
            <Radio.Group
              className="choices"
              value={value}
              onChange={(event) => state.set({ [a]: event.target.value as string })}
              options={(filter.options ?? []).map((option) => ({ value: option.value, label: t(option.label) }))}
            />
          );
        return (
          <Checkbox.Group
            className="choices"
            value={value.split(',')}
            onChange={(next) => state.set({ [a]: (next as string[]).filter(Boolean).join(',') || undefined })}
            options={(filter.options ?? []).map((option) => ({ value: option.value, label: t(option.label) }))}
          />
        );
      case 'dates':
        return (
          <DatePicker.RangePicker
            allowEmpty={[true, true]}
            value={[state.query[a] ? dayjs(state.query[a]) : null, b && state.query[b] ? dayjs(state.query[b]) : null]}
            onChange={(range) => state.set({ [a]: range?.[0]?.startOf('day').toISOString(), ...(b ? { [b]: range?.[1]?.endOf('day').toISOString() } : {}) })}
          />
        );
      case 'number':
        return (
          <div className="row">
            {filter.names.map((name) => (
              <InputNumber
                key={name}
                aria-label={t(filter.label)}
                value={state.query[name] === undefined ? null : Number(state.query[name])}
                onChange={(next) => state.set({ [name]: next === null ? undefined : String(next) }, true)}
              />
            ))}
          </div>
        );
      case 'flag':
        return null;
      default:
        return <TextFilter label={t(filter.label)} value={value === '*' ? '' : value} onDone={(text) => state.set({ [a]: text || undefined })} />;
    }
  };
  return (
    <Popover
      trigger="click"
      open={open}
      onOpenChange={setOpen}
      placement="bottomLeft"
      content={
        <div className="col filter-editor">
          <strong>{t(filter.label)}</strong>
          {editor()}
          <Button size="small" onClick={remove}>
            {t('list.filter_remove')}
          </Button>
        </div>
      }
    >
      {children}
    </Popover>
  );
}

function TextFilter({ value, onDone, label }: { value: string; onDone: (text: string) => void; label: string }) {
  const [text, setText] = useState(value);
  return <Input autoFocus aria-label={label} value={text} onChange={(event) => setText(event.target.value)} onPressEnter={() => onDone(text)} onBlur={() => onDone(text)} />;
}
