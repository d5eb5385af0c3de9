// The box behind a filter's chip. Loaded when a list has a chip: the calendar is the largest part of the office's library.
import { Button, Checkbox, DatePicker, Input, InputNumber, Popover, Radio, Select } from 'antd';
import dayjs from 'dayjs';
import { useState, type ReactElement } from 'react';
import { useTranslation } from '../i18n';
import type { ListState } from '../views';
import type { Filter } from './filters';

/** More are looked for by typing. */
const RADIOS_MAX = 24;

/** `fresh`: just added, and nothing chosen yet; the box is open. */
export default function FilterEditor({ filter, state, fresh, onClosed, children }: { filter: Filter; state: ListState; fresh: boolean; onClosed: () => void; children: ReactElement }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(fresh);
  const [a, b] = filter.names as [string, string?];
  const value = state.query[a] ?? '';
  const show = (now: boolean) => {
    setOpen(now);
    if (!now) onClosed();
  };
  const remove = () => {
    show(false);
    state.set(Object.fromEntries(filter.names.map((name) => [name, undefined])));
  };
  const editor = () => {
    switch (filter.kind) {
      case 'choice':
        if (filter.single && (filter.options ?? []).length > RADIOS_MAX)
          return (
            <Select
              autoFocus
              showSearch={{ optionFilterProp: 'label' }}
              style={{ minWidth: 240 }}
              aria-label={t(filter.label)}
              value={value || undefined}
              placeholder={t('common.search')}
              onChange={(next: string) => {
                state.set({ [a]: next });
                show(false);
              }}
              getPopupContainer={(within) => within.parentElement ?? document.body}
              options={(filter.options ?? []).map((option) => ({ value: option.value, label: t(option.label) }))}
            />
          );
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
            value={value.split(',').filter(Boolean)}
            onChange={(next) => state.set({ [a]: (next as string[]).filter(Boolean).join(',') || undefined })}
            options={(filter.options ?? []).map((option) => ({ value: option.value, label: t(option.label) }))}
          />
        );
      case 'dates':
        return (
          <DatePicker.RangePicker
            allowEmpty={[true, true]}
            value={[instant(state.query[a]), instant(b && state.query[b])]}
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
        return (
          <TextFilter
            label={t(filter.label)}
            value={value}
            onDone={(text) => {
              state.set({ [a]: text.trim() || undefined });
              show(false);
            }}
          />
        );
    }
  };
  return (
    <Popover
      trigger="click"
      open={open}
      onOpenChange={show}
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

/** What an address says may be no time at all. */
function instant(text: string | undefined) {
  const at = text ? dayjs(text) : undefined;
  return at?.isValid() ? at : null;
}

function TextFilter({ value, onDone, label }: { value: string; onDone: (text: string) => void; label: string }) {
  const [text, setText] = useState(value);
  return <Input autoFocus aria-label={label} value={text} onChange={(event) => setText(event.target.value)} onPressEnter={() => onDone(text)} onBlur={() => text !== value && onDone(text)} />;
}
