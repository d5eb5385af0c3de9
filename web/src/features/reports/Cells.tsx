// The same figures as a table: each one a button to what is behind it.
import { useTranslation } from '../../shared/i18n';
import { valueOf, type Answer, type Measure, type Row } from './reading';
import { Change, useWords } from './words';

export function Cells({ data, measures, measure, total, open }: { data: Answer; measures: Measure[]; measure: Measure; total: Row | undefined; open: (key: string, measure: string) => void }) {
  const { t } = useTranslation();
  const words = useWords();
  const compared = Boolean(data.compare) && measure.past;
  const line = (row: Row, key: string, head: string) => (
    <tr key={`${key} ${row.currency}`}>
      <th scope="row">{head}</th>
      {measures.map((one) => {
        const value = valueOf(row, one.name);
        const text = words.figure(one, value?.value, row.currency);
        const here = one.name === measure.name;
        return [
          <td key={one.name} className={`num${here ? ' here' : ''}`}>
            {value?.value ? (
              <button type="button" className="tap" onClick={() => open(key, one.name)}>
                {text}
              </button>
            ) : (
              <span className="muted">{text}</span>
            )}
          </td>,
          here && compared && (
            <td key="before" className="num here muted">
              {words.figure(one, value?.previous, row.currency)}
            </td>
          ),
          here && compared && (
            <td key="change" className="num here">
              <Change measure={one} change={value?.change} />
            </td>
          ),
        ];
      })}
    </tr>
  );
  return (
    <div className="table-scroll report-table" tabIndex={0} role="region" aria-label={t('reports.as_table')}>
      <table className="plain">
        <thead>
          <tr>
            <th scope="col">{t(`reports.by.${data.by}`)}</th>
            {measures.map((one) => [
              <th key={one.name} scope="col" className={`num${one.name === measure.name ? ' here' : ''}`}>
                {words.name(one)}
              </th>,
              one.name === measure.name && compared && (
                <th key="before" scope="col" className="num here">
                  {t('reports.before')}
                </th>
              ),
              one.name === measure.name && compared && (
                <th key="change" scope="col" className="num here">
                  {t('reports.change')}
                </th>
              ),
            ])}
          </tr>
        </thead>
        <tbody>{data.rows.map((row) => line(row, row.key ?? '', words.about(data.by, row)))}</tbody>
        {total && <tfoot>{line(total, '*', t('reports.total'))}</tfoot>}
      </table>
    </div>
  );
}
