// Where an order could come from and where it goes: land, points, a line from each location that sends.
import { useMemo } from 'react';
import { useNarrow } from '../../../shared/desk/useNarrow';
import { HEIGHT, landPath, project, WIDTH } from './land';

export interface MapPoint {
  id: string;
  label: string;
  latitude: number;
  longitude: number;
  kind: 'sends' | 'could' | 'cannot' | 'goal';
}

const PAD = 60;
const LEAST = 200;

export default function Map({ points, label }: { points: MapPoint[]; label: string }) {
  const narrow = useNarrow();
  const land = useMemo(landPath, []);
  const placed = points.map((point) => ({ ...point, at: project(point.longitude, point.latitude) }));
  const goal = placed.find((point) => point.kind === 'goal');
  // The part of the world that matters, in the picture's own proportions.
  const xs = placed.map(({ at }) => at[0]);
  const ys = placed.map(({ at }) => at[1]);
  const wide = Math.min(WIDTH, Math.max(LEAST, Math.max(...xs) - Math.min(...xs) + 2 * PAD, ((Math.max(...ys) - Math.min(...ys) + 2 * PAD) * WIDTH) / HEIGHT));
  const high = (wide * HEIGHT) / WIDTH;
  const clamp = (value: number, max: number) => Math.max(0, Math.min(value, max));
  const left = clamp((Math.max(...xs) + Math.min(...xs) - wide) / 2, WIDTH - wide);
  const top = clamp((Math.max(...ys) + Math.min(...ys) - high) / 2, HEIGHT - high);
  const unit = (wide / WIDTH) * (narrow ? 1.9 : 1);
  const right = left + wide * 0.82;
  const labels = spread(placed.map(({ id, at, label: text }) => ({ id, x: at[0], y: at[1], text, end: at[0] > right })), unit);
  return (
    <svg className="map" viewBox={`${left} ${top} ${wide} ${high}`} role="img" aria-label={label}>
      <path d={land} className="map-land" style={{ strokeWidth: 0.6 * unit }} />
      {goal &&
        placed
          .filter(({ kind }) => kind === 'sends')
          .map(({ id, at }) => {
            const [x, y] = at;
            const [gx, gy] = goal.at;
            const lift = Math.min(60, Math.hypot(gx - x, gy - y) / 4);
            return <path key={id} d={`M${x} ${y}Q${(x + gx) / 2} ${(y + gy) / 2 - lift} ${gx} ${gy}`} className="map-way" style={{ strokeWidth: 2 * unit, strokeDasharray: `${5 * unit} ${4 * unit}` }} />;
          })}
      {placed.map(({ id, at, kind }) =>
        kind === 'goal' ? (
          <rect key={id} x={at[0] - 5 * unit} y={at[1] - 5 * unit} width={10 * unit} height={10 * unit} rx={2 * unit} className="map-goal" style={{ strokeWidth: 1.6 * unit }} />
        ) : (
          <circle key={id} cx={at[0]} cy={at[1]} r={(kind === 'sends' ? 6 : 4.5) * unit} className={`map-${kind}`} style={{ strokeWidth: 1.6 * unit }} />
        ),
      )}
      {labels.map(({ id, x, y, text, end }) => (
        <text key={id} x={x} y={y} textAnchor={end ? 'end' : 'start'} className="map-label" style={{ fontSize: 13 * unit, strokeWidth: 3.5 * unit }}>
          {text}
        </text>
      ))}
    </svg>
  );
}

/** Labels beside their points, one below the other where points are close. */
function spread(all: { id: string; x: number; y: number; text: string; end: boolean }[], unit: number) {
  const taken: { x: number; y: number }[] = [];
  return all.map((one) => {
    const x = one.x + (one.end ? -10 : 10) * unit;
    let y = one.y + 4.5 * unit;
    while (taken.some((other) => Math.abs(other.y - y) < 14 * unit && Math.abs(other.x - x) < 90 * unit)) y += 15 * unit;
    taken.push({ x, y });
    return { ...one, x, y };
  });
}
