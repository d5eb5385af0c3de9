// Where an order could come from and where it goes: land, points, a line from each location that sends.
import { useMemo } from 'react';
import { useNarrow } from '../desk/useNarrow';
import './map.css';
import { HEIGHT, landPath, project, WIDTH } from './land';

export interface MapPoint {
  id: string;
  label: string;
  latitude: number;
  longitude: number;
  kind: 'sends' | 'could' | 'cannot' | 'goal';
}

const PAD = 50;
const LEAST = 100;

export default function Map({ points, label, least = LEAST }: { points: MapPoint[]; label: string; least?: number }) {
  const narrow = useNarrow();
  const land = useMemo(landPath, []);
  const all = points.map((point) => ({ ...point, at: project(point.longitude, point.latitude) }));
  const goal = all.find((point) => point.kind === 'goal');
  // The part of the world that matters, in the picture's own proportions: where it goes and what sends.
  const matter = all.filter(({ kind }) => kind === 'goal' || kind === 'sends');
  const xs = (matter.length > 1 || !all.length ? matter : all).map(({ at }) => at[0]);
  const ys = (matter.length > 1 || !all.length ? matter : all).map(({ at }) => at[1]);
  const wide = Math.min(WIDTH, Math.max(least, Math.max(...xs) - Math.min(...xs) + 2 * PAD, ((Math.max(...ys) - Math.min(...ys) + 2 * PAD) * WIDTH) / HEIGHT));
  const high = (wide * HEIGHT) / WIDTH;
  const clamp = (value: number, max: number) => Math.max(0, Math.min(value, max));
  const left = clamp((Math.max(...xs) + Math.min(...xs) - wide) / 2, WIDTH - wide);
  const top = clamp((Math.max(...ys) + Math.min(...ys) - high) / 2, HEIGHT - high);
  // What matters is drawn last, over what stands near it.
  const depth = { cannot: 0, could: 1, sends: 2, goal: 3 };
  const placed = all.sort((a, b) => depth[a.kind] - depth[b.kind]).filter(({ at: [x, y] }) => x >= left && x <= left + wide && y >= top && y <= top + high);
  const unit = (wide / WIDTH) * (narrow ? 1.9 : 1);
  const labels = spread(placed.map(({ id, at, label: text, kind }) => ({ id, x: at[0], y: at[1], text, first: kind === 'goal' || kind === 'sends' })), unit, { left, top, right: left + wide, bottom: top + high });
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
      {labels.map(({ id, x, y, text, first }) => (
        <text key={id} x={x} y={y} textAnchor="start" className={`map-label${first ? ' first' : ''}`} style={{ fontSize: 13 * unit, strokeWidth: 3.5 * unit }}>
          {text}
        </text>
      ))}
    </svg>
  );
}

interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}
const meet = (a: Box, b: Box) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

/** Labels beside their points where nothing else stands; what matters chooses first, and what finds no place has none. */
function spread(all: { id: string; x: number; y: number; text: string; first: boolean }[], unit: number, view: Box) {
  const [high, gap, dot] = [15 * unit, 10 * unit, 6 * unit];
  const taken: Box[] = all.map(({ x, y }) => ({ left: x - dot, right: x + dot, top: y - dot, bottom: y + dot }));
  const shown: { id: string; x: number; y: number; text: string; first: boolean }[] = [];
  for (const one of [...all].sort((a, b) => Number(b.first) - Number(a.first))) {
    const wide = [...one.text].reduce((sum, letter) => sum + (letter > '\u2e80' ? 13 : 7), 4) * unit;
    const places = [0, 1, -1, 2, -2].flatMap((step) => [
      { left: one.x + gap, top: one.y - high / 2 + step * high },
      { left: one.x - gap - wide, top: one.y - high / 2 + step * high },
    ]);
    const box = places
      .map(({ left, top }) => ({ left, top, right: left + wide, bottom: top + high }))
      .find((box) => box.left >= view.left && box.right <= view.right && box.top >= view.top && box.bottom <= view.bottom && !taken.some((other) => meet(box, other)));
    if (!box) continue;
    taken.push(box);
    shown.push({ ...one, x: box.left, y: box.top + high * 0.8 });
  }
  return shown;
}
