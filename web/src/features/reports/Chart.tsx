// The picture: a line over days, bars of anything else; the time before is drawn faintly. A click opens what is behind.
import { BarChart, LineChart } from 'echarts/charts';
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from 'echarts/components';
import * as echarts from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { useEffect, useRef } from 'react';
import { useNarrow } from '../../shared/desk';
import { useTranslation } from '../../shared/i18n';
import { onTheme } from '../../shared/ui';
import { isTime, valueOf, type Answer, type Measure } from './reading';
import { useWords } from './words';

echarts.use([BarChart, LineChart, GridComponent, LegendComponent, TooltipComponent, AriaComponent, SVGRenderer]);

const BARS = 20;
const token = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

export default function Chart({ data, measure, past, open }: { data: Answer; measure: Measure; past: boolean; open: (key: string) => void }) {
  const { t } = useTranslation();
  const words = useWords();
  const narrow = useNarrow();
  const place = useRef<HTMLDivElement>(null);
  const time = isTime(data.by);
  const rows = time ? data.rows : [...data.rows].sort((a, b) => (valueOf(b, measure.name)?.value ?? 0) - (valueOf(a, measure.name)?.value ?? 0)).slice(0, BARS);
  const currency = rows[0]?.currency ?? 'USD';
  const compared = past && Boolean(data.compare);
  const name = words.name(measure);
  const height = time ? 320 : Math.max(160, rows.length * (compared ? 40 : 30) + 60);

  useEffect(() => {
    const at = place.current;
    if (!at) return;
    const chart = echarts.init(at, undefined, { renderer: 'svg' });
    const paint = () => {
      const [text, line, accent, faint, panel] = ['--text-2', '--line', '--accent', '--line-strong', '--panel'].map(token);
      const keys = rows.map((row) => row.key ?? '');
      const labels = rows.map((row) => words.about(data.by, row, true));
      const now = rows.map((row) => valueOf(row, measure.name)?.value ?? null);
      const before = rows.map((row) => valueOf(row, measure.name)?.previous ?? null);
      const axisText = { color: text, fontSize: 12, fontFamily: getComputedStyle(document.body).fontFamily };
      const category = { type: 'category' as const, data: labels, axisTick: { show: false }, axisLine: { lineStyle: { color: faint } }, axisLabel: { ...axisText, hideOverlap: true, ...(time ? {} : { width: narrow ? 96 : 180, overflow: 'break' as const, lineHeight: 14 }) } };
      const value = { type: 'value' as const, ...(measure.unit === 'count' || measure.unit === 'quantity' ? { minInterval: 1 } : {}), splitNumber: 4, splitLine: { lineStyle: { color: line } }, axisLabel: { ...axisText, hideOverlap: true, formatter: (n: number) => words.brief(measure, n, currency) } };
      const kind = time ? ('line' as const) : ('bar' as const);
      const shape = time ? { showSymbol: rows.length < 40, symbolSize: 6, smooth: false } : { barMaxWidth: 18, itemStyle: { borderRadius: 3 } };
      chart.setOption(
        {
          animation: !matchMedia('(prefers-reduced-motion: reduce)').matches,
          animationDuration: 250,
          textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
          aria: { enabled: false },
          grid: { left: 8, right: 20, top: compared ? 40 : 16, bottom: 8, containLabel: true },
          legend: compared ? { top: 0, left: 0, icon: 'roundRect', itemGap: 24, itemWidth: 14, itemHeight: 4, textStyle: { ...axisText, padding: [0, 8, 0, 2] }, selectedMode: false } : { show: false },
          tooltip: {
            trigger: 'axis',
            confine: true,
            backgroundColor: panel,
            borderColor: line,
            textStyle: { color: token('--text'), fontSize: 13 },
            axisPointer: { type: time ? 'line' : 'shadow' },
            renderMode: 'richText',
            formatter: (all: unknown) => {
              const i = (all as { dataIndex: number }[])[0]?.dataIndex ?? 0;
              const row = rows[i];
              if (!row) return '';
              const lines = [words.about(data.by, row), t('reports.cell', { measure: name, row: words.figure(measure, now[i], currency) })];
              if (compared) lines.push(t('reports.cell', { measure: t('reports.before'), row: words.figure(measure, before[i], currency) }));
              return lines.join('\n');
            },
          },
          xAxis: time ? category : value,
          yAxis: time ? value : { ...category, inverse: true, axisLine: { show: false } },
          series: [
            ...(compared ? [{ name: t('reports.before'), type: kind, data: before, color: faint, ...shape, showSymbol: false, ...(time ? { lineStyle: { type: 'dashed' as const, width: 1.5 } } : {}) }] : []),
            { name, type: kind, data: now, color: accent, ...shape, ...(time ? { lineStyle: { width: 2.2 }, areaStyle: { opacity: 0.08 } } : {}), z: 3 },
          ],
        } as echarts.EChartsCoreOption,
        true,
      );
      chart.off('click');
      chart.on('click', (event) => {
        const key = keys[event.dataIndex ?? -1];
        if (key) open(key);
      });
    };
    paint();
    const stop = onTheme(paint);
    const watch = new ResizeObserver(() => chart.resize());
    watch.observe(at);
    return () => {
      stop();
      watch.disconnect();
      chart.dispose();
    };
    // The answer, the figure and the language decide the picture; the words follow the language.
  }, [data, measure, narrow, t, compared]);

  return <div ref={place} className="chart" style={{ height }} role="img" aria-label={t('reports.picture', { measure: name, by: t(`reports.by.${data.by}`) })} />;
}
