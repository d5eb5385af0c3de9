import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { Alert, AutoComplete, Button, Input, Select, Switch } from 'antd';
import type { ProblemEntry } from '../../shared/api/problem';
import { CurrencySelect, Panel, useCompany, ZoneSelect } from '../../shared/desk';
import { useTranslation } from '../../shared/i18n';
import type { Field, Upload } from './api';
import { adjust, assign, currencyOf, fieldKey, filled, setCurrency, type Draft } from './mapping';

const formats = ['%Y-%m-%d', '%Y-%m-%d %H:%M:%S', '%d.%m.%Y', '%d/%m/%Y', '%m/%d/%Y', '%Y/%m/%d', '%Y/%m/%d %H:%M'];
const examples: Record<string, string> = {
  '%Y-%m-%d': '2026-11-23',
  '%Y-%m-%d %H:%M:%S': '2026-11-23 14:05:00',
  '%d.%m.%Y': '23.11.2026',
  '%d/%m/%Y': '23/11/2026',
  '%m/%d/%Y': '11/23/2026',
  '%Y/%m/%d': '2026/11/23',
  '%Y/%m/%d %H:%M': '2026/11/23 14:05',
};
const measured = new Set(['weight', 'length', 'price', 'money']);
const dated = new Set(['instant', 'date']);

/** What must still be said before anything can be tried. */
export function Missing({ gaps, whole }: { gaps: readonly string[][]; whole: ProblemEntry | undefined }) {
  const { t } = useTranslation();
  const word = (name: string) => t(fieldKey(name), { defaultValue: name });
  if (!gaps.length && !whole) return null;
  if (!gaps.length && whole) return <Alert type="error" showIcon title={t(`error.${whole.code}`, { defaultValue: whole.detail })} description={whole.detail} />;
  return (
    <Alert
      type="warning"
      showIcon
      title={t('imports.map.missing')}
      description={
        <ul className="gaps">
          {gaps.map((names) => (
            <li key={names.join()}>{names.map(word).join(t('imports.map.or'))}</li>
          ))}
        </ul>
      }
    />
  );
}

export function MappingTable({
  upload,
  fields,
  draft,
  marks,
  disabled,
  onChange,
}: {
  upload: Upload;
  fields: readonly Field[];
  draft: Draft;
  marks: Record<string, ProblemEntry>;
  disabled: boolean;
  onChange: (draft: Draft) => void;
}) {
  const { t } = useTranslation();
  const company = useCompany();
  const has = filled(draft);
  const word = (name: string) => t(fieldKey(name), { defaultValue: name });
  const options = fields.map((field) => ({ value: field.name, label: field.required ? t('imports.map.must', { field: word(field.name) }) : word(field.name) }));
  const left = options.filter(({ value }) => !has.has(value));
  const mark = (line: string) =>
    marks[line] && (
      <p className="wrong-line" role="alert">
        {t(`error.${marks[line].code}`, { defaultValue: marks[line].detail })}
      </p>
    );
  const shape = (i: number) => {
    const rule = draft.columns[i];
    const field = fields.find((one) => one.name === rule?.field);
    const name = upload.file.columns[i]?.name ?? '';
    if (!rule || !field) return null;
    if (measured.has(field.type))
      return (
        <Select
          disabled={disabled}
          aria-label={t('imports.map.unit_of', { column: name })}
          value={rule.unit ?? field.choices[0] ?? null}
          onChange={(unit) => onChange(adjust(draft, i, { unit }))}
          options={field.choices.map((value) => ({ value, label: t(`imports.unit.${value}`) }))}
          popupMatchSelectWidth={false}
        />
      );
    if (dated.has(field.type))
      return (
        <AutoComplete
          disabled={disabled}
          allowClear
          aria-label={t('imports.map.format_of', { column: name })}
          placeholder={t('imports.map.iso')}
          value={rule.format ?? ''}
          onChange={(format) => onChange(adjust(draft, i, { format: format || undefined }))}
          options={formats.map((value) => ({ value, label: t('imports.map.as', { example: examples[value], format: value }) }))}
          popupMatchSelectWidth={false}
        />
      );
    return <span className="muted">{t(`imports.type.${field.type}`)}</span>;
  };
  const constant = (i: number, change: { field?: string; constant?: string } | undefined) =>
    onChange({ ...draft, constants: change ? draft.constants.map((rule, at) => (at === i ? { ...rule, ...change } : rule)) : draft.constants.filter((_, at) => at !== i) });
  return (
    <Panel title={t('imports.map.title')} note={t(`imports.map.source.${upload.mapping_source}`)} flush>
      <table className="plain mapping">
        <thead>
          <tr>
            <th scope="col">{t('imports.map.column')}</th>
            <th scope="col">{t('imports.map.samples')}</th>
            <th scope="col">{t('imports.map.field')}</th>
            <th scope="col">{t('imports.map.format')}</th>
          </tr>
        </thead>
        <tbody>
          {upload.file.columns.map((column, i) => (
            <tr key={column.name} className={draft.columns[i] ? '' : 'left-out'}>
              <th scope="row">{column.name}</th>
              <td className="samples">
                {column.samples.length ? (
                  column.samples.slice(0, 3).map((sample, n) => (
                    <span key={n} className="sample" title={sample}>
                      {sample}
                    </span>
                  ))
                ) : (
                  <span className="muted">{t('imports.map.empty')}</span>
                )}
              </td>
              <td className="map-field">
                <Select
                  disabled={disabled}
                  aria-label={t('imports.map.field_of', { column: column.name })}
                  allowClear
                  showSearch={{ optionFilterProp: 'label' }}
                  placeholder={t('imports.map.skip')}
                  value={draft.columns[i]?.field ?? null}
                  onChange={(field) => onChange(assign(draft, i, column.name, field ?? undefined))}
                  options={options}
                  popupMatchSelectWidth={false}
                  {...(marks[`column ${i}`] ? { status: 'error' as const } : {})}
                />
                {mark(`column ${i}`)}
              </td>
              <td className="map-format">{shape(i)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <div className="map-rest">
        <section aria-label={t('imports.map.constants')}>
          <h3>{t('imports.map.constants')}</h3>
          <p className="panel-note">{t('imports.map.constants_text')}</p>
          <div className="col">
            {draft.constants.map((rule, i) => {
              const own = options.filter(({ value }) => value === rule.field);
              const choices = fields.find((field) => field.name === rule.field && field.type === 'choice')?.choices;
              return (
                <div key={i} className="constant">
                  <Select
                    disabled={disabled}
                    aria-label={t('imports.map.field')}
                    showSearch={{ optionFilterProp: 'label' }}
                    placeholder={t('imports.map.field')}
                    value={rule.field || null}
                    onChange={(field) => constant(i, { field })}
                    options={[...own, ...left]}
                    popupMatchSelectWidth={false}
                  />
                  <AutoComplete disabled={disabled} value={rule.constant ?? ''} onChange={(value) => constant(i, { constant: value })} options={(choices ?? []).map((value) => ({ value }))}>
                    <Input aria-label={t('imports.map.value')} placeholder={t('imports.map.value')} maxLength={500} {...(marks[`constant ${i}`] ? { status: 'error' as const } : {})} />
                  </AutoComplete>
                  <Button type="text" disabled={disabled} aria-label={t('common.remove')} icon={<DeleteOutlined aria-hidden />} onClick={() => constant(i, undefined)} />
                  {mark(`constant ${i}`)}
                </div>
              );
            })}
            <div>
              <Button size="small" disabled={disabled || !left.length} icon={<PlusOutlined aria-hidden />} onClick={() => onChange({ ...draft, constants: [...draft.constants, { field: '', constant: '' }] })}>
                {t('imports.map.add')}
              </Button>
            </div>
          </div>
        </section>
        <section aria-label={t('imports.map.whole')}>
          <h3>{t('imports.map.whole')}</h3>
          <div className="fields map-whole">
            <label className="col">
              <span className="muted">{t('imports.map.decimal')}</span>
              <Select disabled={disabled} value={draft.decimal} onChange={(decimal) => onChange({ ...draft, decimal })} options={(['.', ','] as const).map((value) => ({ value, label: t(value === '.' ? 'imports.map.point' : 'imports.map.comma') }))} />
            </label>
            <label className="col">
              <span className="muted">{t('imports.map.currency')}</span>
              <CurrencySelect disabled={disabled} value={currencyOf(draft) ?? company.currency} onChange={(currency) => onChange(setCurrency(draft, fields, currency || undefined, company.currency))} />
            </label>
            {fields.some((field) => dated.has(field.type)) && (
              <label className="col">
                <span className="muted">{t('imports.map.zone')}</span>
                <ZoneSelect disabled={disabled} value={draft.time_zone as string} placeholder={company.time_zone} onChange={(time_zone) => onChange({ ...draft, time_zone: time_zone || undefined })} />
              </label>
            )}
          </div>
          {upload.kind !== 'orders' && upload.kind !== 'stock' && (
            <label className="row map-update">
              <Switch disabled={disabled} checked={draft.update} onChange={(update) => onChange({ ...draft, update })} />
              <span>{t('imports.map.update')}</span>
            </label>
          )}
        </section>
      </div>
    </Panel>
  );
}
