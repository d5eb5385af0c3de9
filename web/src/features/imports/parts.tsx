// Small parts of both screens.
import type { ReactNode } from 'react';
import { percent } from '../../shared/format';
import { useTranslation } from '../../shared/i18n';
import { StatusTag, type Tone } from '../../shared/ui';
import type { Upload } from './api';

const tones: Record<Upload['state'], Tone> = { mapping: 'quiet', checking: 'info', checked: 'accent', running: 'info', done: 'good', cancelled: 'warn', failed: 'bad' };

export function State({ value }: { value: Upload['state'] }) {
  const { t } = useTranslation();
  return <StatusTag tone={tones[value]}>{t(`imports.state.${value}`)}</StatusTag>;
}

/** How far a pass is, in words and as a bar. */
export function Meter({ value, label }: { value: number; label: string }) {
  return (
    <div className="meter">
      <div className="meter-words">
        <span className="ellipsis">{label}</span>
        <span>{percent(value, 0)}</span>
      </div>
      <div className="meter-line" role="progressbar" aria-label={label} aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.round(value * 100)}>
        <div style={{ width: `${value * 100}%` }} />
      </div>
    </div>
  );
}

/** A cell of two lines. */
export function Stack({ top, below }: { top: ReactNode; below?: ReactNode }) {
  return (
    <span className="cell-stack">
      <span>{top}</span>
      {below && <small>{below}</small>}
    </span>
  );
}
