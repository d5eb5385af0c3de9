// The day by the hour: what came in and what left. A picture, or the same as a table; each number opens its rows.
import { Link } from '@tanstack/react-router';
import { integer, time } from '../../shared/format';
import { useTranslation } from '../../shared/i18n';
import { target, ticks, type Hour } from './reading';

const WIDTH = 720;
const HEIGHT = 220;
const LEFT = 34;
const BOTTOM = 24;
const TOP = 8;

function Count({ n, query }: { n: number; query: string }) {
  const at = target('/v1/orders', query);
  if (!n || !at) return <>{integer(n)}</>;
  return (
    <Link to={at.to as never} search={at.search as never}>
      {integer(n)}
    </Link>
  );
}

export default function Flow({ hours, now, asTable }: { hours: Hour[]; now: string; asTable: boolean }) {
  const { t } = useTranslation();
  if (asTable)
    return (
      <div className="table-scroll flow-table" tabIndex={0} role="region" aria-label={t('today.flow')}>
        <table className="plain">
          <thead>
            <tr>
              <th>{t('today.flow_hour')}</th>
              <th className="num">{t('today.flow_placed')}</th>
              <th className="num">{t('today.flow_shipped')}</th>
            </tr>
          </thead>
          <tbody>
            {hours.map((hour) => (
              <tr key={hour.from}>
                <th scope="row">{time(hour.from)}</th>
                <td className="num">
                  <Count n={hour.placed} query={hour.placed_query} />
                </td>
                <td className="num">
                  <Count n={hour.shipped} query={hour.shipped_query} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    );
  const most = Math.max(0, ...hours.map((hour) => Math.max(hour.placed, hour.shipped)));
  const steps = ticks(most);
  const top = steps[steps.length - 1] ?? 1;
  const step = (WIDTH - LEFT) / Math.max(1, hours.length);
  const y = (n: number) => TOP + (HEIGHT - TOP - BOTTOM) * (1 - n / top);
  const bar = Math.max(2, step / 2 - 3);
  const at = hours.findIndex((hour) => hour.from <= now && now < hour.to);
  return (
    <figure className="flow">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={t('today.flow')}>
        {steps.map((n) => (
          <g key={n}>
            <line x1={LEFT} x2={WIDTH} y1={y(n)} y2={y(n)} className="flow-grid" />
            <text x={LEFT - 6} y={y(n) + 4} className="flow-axis" textAnchor="end">
              {integer(n)}
            </text>
          </g>
        ))}
        {at >= 0 && <rect x={LEFT + at * step} y={TOP} width={step} height={HEIGHT - TOP - BOTTOM} className="flow-now" />}
        {hours.map((hour, i) => {
          const x = LEFT + i * step + step / 2;
          return (
            <g key={hour.from}>
              <rect x={x - bar} y={y(hour.placed)} width={bar - 0.5} height={y(0) - y(hour.placed)} rx={1.5} className="flow-placed" />
              <rect x={x + 0.5} y={y(hour.shipped)} width={bar - 0.5} height={y(0) - y(hour.shipped)} rx={1.5} className="flow-shipped" />
              {i % 3 === 0 && (
                <text x={x} y={HEIGHT - 6} className={`flow-axis${i % 6 ? ' flow-odd' : ''}`} textAnchor="middle">
                  {time(hour.from)}
                </text>
              )}
            </g>
          );
        })}
      </svg>
      <figcaption>
        <span>
          <i className="flow-key flow-key-placed" aria-hidden="true" />
          {t('today.flow_placed')}
        </span>
        <span>
          <i className="flow-key flow-key-shipped" aria-hidden="true" />
          {t('today.flow_shipped')}
        </span>
      </figcaption>
    </figure>
  );
}
