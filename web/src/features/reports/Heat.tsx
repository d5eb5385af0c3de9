// Customers by how lately (down) and how often (across) they bought. The deeper the color, the more; the figure says it too.
import { useTranslation } from '../../shared/i18n';
import { valueOf, type Measure, type Row } from './reading';
import { useWords } from './words';

const scores = [1, 2, 3, 4, 5];

export function Heat({ rows, measure, open }: { rows: readonly Row[]; measure: Measure; open: (key: string) => void }) {
  const { t } = useTranslation();
  const words = useWords();
  const most = Math.max(1, ...rows.map((row) => valueOf(row, measure.name)?.value ?? 0));
  return (
    <div className="table-scroll" tabIndex={0} role="region" aria-label={t('reports.heat')}>
      <table className="heat">
        <caption>{t('reports.heat_text')}</caption>
        <thead>
          <tr>
            <td>{words.name(measure)}</td>
            {scores.map((frequency) => (
              <th key={frequency} scope="col">
                {t(`reports.frequency.${frequency}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {scores.toReversed().map((recency) => (
            <tr key={recency}>
              <th scope="row">{t(`reports.recency.${recency}`)}</th>
              {scores.map((frequency) => {
                const key = `${recency}${frequency}`;
                const row = rows.find((one) => one.key === key);
                const value = valueOf(row, measure.name)?.value;
                if (!row || !value)
                  return (
                    <td key={key}>
                      <span className="heat-cell heat-none">–</span>
                    </td>
                  );
                return (
                  <td key={key}>
                    <button type="button" className="heat-cell" style={{ background: `color-mix(in srgb, var(--accent) ${10 + Math.round((value * 35) / most)}%, var(--panel))` }} onClick={() => open(key)}>
                      {words.figure(measure, value, row.currency)}
                    </button>
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
