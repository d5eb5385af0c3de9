// Weekly hours and dated exceptions, of locations and of carriers' services. Nothing weekly = always open.
import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Checkbox, Input, Tooltip } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from '../i18n';
import { clockOf } from './clock';

interface Calendar {
  weekly: { day: string; from: string; to: string }[];
  exceptions: { date: string; open: boolean; from?: string; to?: string; why?: string }[];
}

const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

/** A time of day, 24 hours: "9" and "930" become 09:00 and 09:30. */
export function ClockInput({ value, onChange, id, label, disabled, placeholder }: { value?: string | undefined; onChange?: (value: string | undefined) => void; id?: string; label?: string; disabled?: boolean; placeholder?: string }) {
  const [text, setText] = useState(value ?? '');
  useEffect(() => setText(value ?? ''), [value]);
  const done = () => {
    const clock = clockOf(text);
    setText(clock ?? '');
    if (clock !== value) onChange?.(clock);
  };
  return (
    <Input
      {...(id ? { id } : {})}
      {...(label ? { 'aria-label': label } : {})}
      disabled={disabled ?? false}
      style={{ width: 84 }}
      maxLength={5}
      placeholder={placeholder ?? '00:00'}
      value={text}
      onChange={(event) => setText(event.target.value)}
      onBlur={done}
      onPressEnter={done}
    />
  );
}

export function CalendarInput({ value, onChange, disabled = false }: { value?: Calendar | null; onChange?: (value: Calendar | null) => void; disabled?: boolean; id?: string }) {
  const { t } = useTranslation();
  const weekly = value?.weekly ?? [];
  const exceptions = value?.exceptions ?? [];
  const give = (next: Partial<Calendar>) => {
    const all = { weekly, exceptions, ...next };
    all.weekly = days.flatMap((day) => all.weekly.filter((span) => span.day === day));
    onChange?.(all.weekly.length || all.exceptions.length ? all : null);
  };
  const always = !weekly.length;
  return (
    <div className="col" style={{ gap: 12 }}>
      <Checkbox disabled={disabled} checked={always} onChange={(event) => give({ weekly: event.target.checked ? [] : days.slice(0, 5).map((day) => ({ day, from: '09:00', to: '18:00' })) })}>
        {t('calendar.always')}
      </Checkbox>
      {!always && (
        <div className="hours" role="group" aria-label={t('calendar.weekly')}>
          {days.map((day) => {
            const spans = weekly.filter((span) => span.day === day);
            const others = weekly.filter((span) => span.day !== day);
            const name = t(`enum.weekday.${day}`);
            const put = (next: typeof spans) => give({ weekly: [...others, ...next] });
            return [
              <div key={day} className="day">
                <Checkbox disabled={disabled} checked={spans.length > 0} onChange={(event) => put(event.target.checked ? [{ day, from: '09:00', to: '18:00' }] : [])}>
                  {name}
                </Checkbox>
              </div>,
              <div key={`${day}-spans`} className="row wrap">
                {!spans.length && <span className="muted day">{t('calendar.closed')}</span>}
                {spans.map((span, i) => (
                  <span key={i} className="span">
                    <ClockInput disabled={disabled} label={t('calendar.opens', { day: name })} value={span.from} onChange={(from) => from && put(spans.map((one, n) => (n === i ? { ...one, from } : one)))} />
                    –
                    <ClockInput disabled={disabled} label={t('calendar.closes', { day: name })} value={span.to} onChange={(to) => to && put(spans.map((one, n) => (n === i ? { ...one, to } : one)))} />
                    {spans.length > 1 && (
                      <Button type="text" disabled={disabled} aria-label={t('common.remove')} icon={<DeleteOutlined aria-hidden />} onClick={() => put(spans.filter((_, n) => n !== i))} />
                    )}
                  </span>
                ))}
                {spans.length > 0 && (
                  <Tooltip title={t('calendar.more')}>
                    <Button type="text" disabled={disabled} aria-label={t('calendar.more')} icon={<PlusOutlined aria-hidden />} onClick={() => put([...spans, { day, from: spans.at(-1)?.to ?? '13:00', to: '22:00' }])} />
                  </Tooltip>
                )}
              </div>,
            ];
          })}
        </div>
      )}
      <div className="lines" role="group" aria-label={t('calendar.exceptions')}>
        {exceptions.map((one, i) => {
          const put = (change: Partial<typeof one>) => give({ exceptions: exceptions.map((old, n) => (n === i ? { ...old, ...change } : old)) });
          return (
            <div key={i} className="row wrap">
              <input
                type="date"
                className="ant-input ant-input-outlined"
                style={{ width: 150 }}
                disabled={disabled}
                aria-label={t('calendar.date')}
                value={one.date}
                onChange={(event) => put({ date: event.target.value })}
              />
              <Checkbox disabled={disabled} checked={one.open} onChange={(event) => put(event.target.checked ? { open: true } : { open: false, from: undefined as never, to: undefined as never })}>
                {t('calendar.open')}
              </Checkbox>
              {one.open && (
                <>
                  <ClockInput disabled={disabled} label={t('common.from')} value={one.from} onChange={(from) => put({ from: from as string })} />
                  –
                  <ClockInput disabled={disabled} label={t('common.to')} value={one.to} onChange={(to) => put({ to: to as string })} />
                </>
              )}
              <Input disabled={disabled} style={{ width: 200 }} maxLength={100} aria-label={t('calendar.why')} placeholder={t('calendar.why')} value={one.why ?? ''} onChange={(event) => put({ why: event.target.value })} />
              <Button type="text" disabled={disabled} aria-label={t('common.remove')} icon={<DeleteOutlined aria-hidden />} onClick={() => give({ exceptions: exceptions.filter((_, n) => n !== i) })} />
            </div>
          );
        })}
        <div>
          <Button disabled={disabled} icon={<PlusOutlined aria-hidden />} onClick={() => give({ exceptions: [...exceptions, { date: new Date().toISOString().slice(0, 10), open: false }] })}>
            {t('calendar.add')}
          </Button>
        </div>
      </div>
    </div>
  );
}
