// Which days, and against which others.
import { Select } from 'antd';
import { useCompany } from '../../shared/desk';
import { todayIn } from '../../shared/format';
import { useTranslation } from '../../shared/i18n';
import type { ListState } from '../../shared/views';
import { presetOf, presets, rangeOf, type Preset } from './reading';

export function Range({ state, from, to }: { state: ListState; from: string | undefined; to: string | undefined }) {
  const { t } = useTranslation();
  const today = todayIn(useCompany().time_zone);
  const { query } = state;
  const preset = presetOf(query.from, query.to, today);
  const put = (name: 'from' | 'to', value: string) => {
    if (!value) return;
    const next = { from: query.from ?? from, to: query.to ?? to, [name]: value };
    if (next.from && next.to && next.from > next.to) next.from = next.to = value;
    state.set(next);
  };
  return (
    <div className="row wrap range no-print" role="group" aria-label={t('reports.range')}>
      <Select
        aria-label={t('reports.range')}
        popupMatchSelectWidth={false}
        style={{ minWidth: 132 }}
        value={preset ?? 'own'}
        options={[...presets.map((one) => ({ value: one as string, label: t(`reports.preset.${one}`) })), ...(preset ? [] : [{ value: 'own', label: t('reports.preset.own') }])]}
        onChange={(one) => one !== 'own' && state.set(one === '30d' ? { from: undefined, to: undefined } : rangeOf(one as Preset, today))}
      />
      <span className="row">
        <input type="date" className="range-day" aria-label={t('common.from')} value={query.from ?? from ?? ''} max={today} onChange={(event) => put('from', event.target.value)} />
        <span aria-hidden="true">–</span>
        <input type="date" className="range-day" aria-label={t('common.to')} value={query.to ?? to ?? ''} onChange={(event) => put('to', event.target.value)} />
      </span>
      <Select
        aria-label={t('reports.compare')}
        popupMatchSelectWidth={false}
        style={{ minWidth: 168 }}
        value={query.compare ?? 'previous'}
        options={['previous', 'year', 'none'].map((value) => ({ value, label: t(`reports.compare_${value}`) }))}
        onChange={(value) => state.set({ compare: value === 'previous' ? undefined : value })}
      />
    </div>
  );
}
