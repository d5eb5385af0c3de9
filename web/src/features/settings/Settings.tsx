import { SearchOutlined } from '@ant-design/icons';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Input, InputNumber, Select } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { patchPath, readPath, type Schemas } from '../../shared/api/client';
import { useMay } from '../../shared/api/session';
import { CurrencySelect, LanguageSelect, Panel, PriceInput, ZoneSelect } from '../../shared/desk';
import { integer } from '../../shared/format';
import { useTranslation } from '../../shared/i18n';
import { useKeys } from '../../shared/keys';
import { Empty, Loaded, useProblemText } from '../../shared/ui';
import { useListState } from '../../shared/views';
import { SettingsScreen } from './Tabs';
import './settings.css';

type Setting = Schemas['Setting'] & { key: string; value: string; default: string };

const groups: [string, RegExp][] = [
  ['company', /^company\./],
  ['order', /^(order|change|tracking)\./],
  ['invoice', /^invoice\./],
  ['money', /^(tax|refund|payment)\./],
  ['review', /^(hold|review|reservation)\./],
  ['sourcing', /^(promise|sourcing)\./],
  ['security', /^(login|session|idempotency)\./],
  ['other', /./],
];

function useWords() {
  const { t } = useTranslation();
  return (setting: Setting) => {
    const slug = setting.key.replaceAll('.', '_');
    const name = t(`settings.key.${slug}`, { defaultValue: setting.key });
    const help = t(`settings.help.${slug}`, { defaultValue: setting.help ?? '' });
    return { name, help };
  };
}

function Row({ setting, currency, may }: { setting: Setting; currency: string; may: boolean }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const problemText = useProblemText();
  const words = useWords()(setting);
  const [value, setValue] = useState(setting.value);
  useEffect(() => setValue(setting.value), [setting.value]);
  const save = useMutation({
    mutationFn: (next: string) => patchPath<Setting>(`/v1/settings/${setting.key}`, { value: next }),
    onSuccess: () => void client.invalidateQueries({ queryKey: ['settings'] }),
  });
  const id = `setting-${setting.key}`;
  const unit = setting.unit ? t(`settings.unit.${setting.unit.replaceAll(' ', '_')}`, { defaultValue: setting.unit }) : '';
  const put = (next: string | undefined) => setValue(next ?? '');
  // Told, never quietly made to fit: what would be saved is what was typed.
  const outside = setting.kind === 'integer' && value !== '' && (Number(value) < (setting.min ?? -Infinity) || Number(value) > (setting.max ?? Infinity));
  const input = () => {
    const common = { id, disabled: !may };
    if (setting.key === 'company.currency') return <CurrencySelect {...common} value={value} onChange={put} />;
    if (setting.key === 'company.time_zone') return <ZoneSelect {...common} value={value} onChange={put} />;
    if (setting.key === 'company.language') return <LanguageSelect {...common} value={value} onChange={put} />;
    if (setting.kind === 'choice') return <Select {...common} value={value} onChange={put} options={setting.choices.map((one) => ({ value: one, label: t(`settings.choice.${one}`, { defaultValue: one }) }))} />;
    if (setting.kind === 'integer' && setting.unit === 'minor') return <PriceInput {...common} currency={currency} value={value} onChange={(minor) => put(minor === undefined || minor === null ? '' : String(minor))} />;
    if (setting.kind === 'integer')
      return (
        <InputNumber
          {...common}
          style={{ width: '100%' }}
          {...(outside ? { status: 'error' as const, 'aria-invalid': true, 'aria-describedby': `${id}-range` } : {})}
          precision={0}
          {...(unit ? { suffix: unit } : {})}
          value={value === '' ? null : Number(value)}
          onChange={(next) => put(next === null ? '' : String(next))}
        />
      );
    return <Input {...common} value={value} {...(setting.max ? { maxLength: setting.max } : {})} onChange={(event) => put(event.target.value)} onPressEnter={() => value !== setting.value && save.mutate(value)} />;
  };
  return (
    <div className="setting">
      <div>
        <label htmlFor={id}>{words.name}</label>
        <p>{words.help}</p>
        <code className="mono">{setting.key}</code>
      </div>
      <div className="setting-value">
        {input()}
        {outside && (
          <span id={`${id}-range`} role="alert" className="wrong">
            {t('settings.range', { min: integer(setting.min ?? 0), max: integer(setting.max ?? Number.MAX_SAFE_INTEGER) })}
          </span>
        )}
        {save.isError && (
          <span role="alert" className="wrong">
            {problemText(save.error)}
          </span>
        )}
        <div className="row wrap">
          {value !== setting.value && (
            <>
              <Button type="primary" size="small" loading={save.isPending} disabled={value === '' || outside} onClick={() => save.mutate(value)}>
                {t('common.save')}
              </Button>
              <Button size="small" onClick={() => setValue(setting.value)}>
                {t('record.discard')}
              </Button>
            </>
          )}
          {may && value === setting.value && setting.value !== setting.default && !setting.key.startsWith('company.') && (
            <button type="button" className="tap" onClick={() => save.mutate(setting.default)}>
              {t('settings.reset')}
            </button>
          )}
        </div>
      </div>
    </div>
  );
}

export function Settings() {
  const { t } = useTranslation();
  const may = useMay();
  const words = useWords();
  const state = useListState();
  const search = useRef<HTMLDivElement>(null);
  useKeys('keys.group.page', [{ keys: '/', label: 'keys.search', run: () => search.current?.querySelector('input')?.focus() }]);
  const found = useQuery({ queryKey: ['settings', 'list'], queryFn: () => readPath<{ data: Setting[] }>('/v1/settings', { limit: 200 }) });
  const body = ({ data: all }: NonNullable<typeof found.data>) => {
    const wanted = state.q.toLowerCase().split(/\s+/).filter(Boolean);
    const currency = all.find((one) => one.key === 'company.currency')?.value ?? 'USD';
    const seen = all.filter((one) => {
      const { name, help } = words(one);
      const text = `${one.key} ${name} ${help}`.toLowerCase();
      return wanted.every((word) => text.includes(word));
    });
    if (!seen.length) return <Empty title={t('settings.none')}>{t('settings.none_text')}</Empty>;
    const groupOf = (one: Setting) => groups.find(([, test]) => test.test(one.key))?.[0];
    return groups.map(([group]) => {
      const members = seen.filter((one) => groupOf(one) === group);
      if (!members.length) return null;
      return (
        <Panel key={group} title={t(`settings.group.${group}`)}>
          <div className="settings">
            {members.map((one) => (
              <Row key={one.key} setting={one} currency={currency} may={may('master.write')} />
            ))}
          </div>
        </Panel>
      );
    });
  };
  return (
    <SettingsScreen at="general" className="settings-body"
      actions={
        <div ref={search} role="search">
          <Input allowClear prefix={<SearchOutlined aria-hidden />} style={{ width: 260 }} aria-label={t('settings.search')} placeholder={t('settings.search')} value={state.q} onChange={(event) => state.set({ q: event.target.value || undefined }, true)} />
        </div>
      }
    >
      <Loaded of={found} rows={10}>
        {body}
      </Loaded>
    </SettingsScreen>
  );
}
