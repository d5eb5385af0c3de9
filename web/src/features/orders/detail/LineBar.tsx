// Where the units of a line are, as one bar whose parts add up to the quantity, and in words.
import { quantity } from '../../../shared/format';
import { useTranslation } from '../../../shared/i18n';
import type { Line } from '../api';
import { readCounters } from '../reading';

export function LineBar({ line }: { line: Line }) {
  const { t } = useTranslation();
  const parts = readCounters(line.counters as unknown as Record<string, number>, line.quantity);
  return (
    <div className="line-bar">
      <div className="bar" aria-hidden="true">
        {parts.map(({ place, share }) => (
          <span key={place} className={`bar-${place}`} style={{ flexGrow: share }} />
        ))}
      </div>
      <div className="bar-words">
        {parts.map(({ place, units }) => (
          <span key={place}>
            <i className={`dot bar-${place}`} aria-hidden="true" />
            {t(`orders.place.${place}`, { n: quantity(units) })}
          </span>
        ))}
      </div>
    </div>
  );
}
