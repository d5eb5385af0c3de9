// Live news must not move what one is about to click: rows keep their places, changed cells are drawn in place, and new
// rows wait until they are asked for. What comes after the last row moves nothing and is added.
import { useEffect, useMemo, useRef, useState } from 'react';
import { isOwn } from '../api/own';

interface Steady<Row> {
  rows: Row[];
  /** Ids in the order in which they are shown; those that left the list keep their places should they come back. */
  order: string[];
  waiting: number;
}

/** Puts an answer's rows at the places that are known. */
export function steady<Row>(order: readonly string[], answer: readonly Row[], id: (row: Row) => string, mine: (id: string) => boolean = () => false): Steady<Row> {
  const rank = new Map(order.map((one, i) => [one, i]));
  const ids = answer.map(id);
  const last = ids.findLastIndex((one) => rank.has(one));
  if (last < 0) return { rows: [...answer], order: ids, waiting: 0 };
  const known = answer.filter((row) => rank.has(id(row))).sort((a, b) => (rank.get(id(a)) ?? 0) - (rank.get(id(b)) ?? 0));
  /** Own rows stand before the known row that follows them in the answer. */
  const before = new Map<string, Row[]>();
  let waiting = 0;
  for (let i = last - 1, next = ids[last]; i >= 0; i--) {
    const one = ids[i] as string;
    if (rank.has(one)) next = one;
    else if (mine(one)) before.set(next as string, [answer[i] as Row, ...(before.get(next as string) ?? [])]);
    else waiting++;
  }
  const rows = [...known.flatMap((row) => [...(before.get(id(row)) ?? []), row]), ...answer.slice(last + 1)];
  const places = order.flatMap((one) => [...(before.get(one) ?? []).map(id), one]);
  return { rows, order: [...places, ...ids.slice(last + 1)], waiting };
}

/** `settled`: the answer is that to `key`, and nothing newer is under way. `show` takes in what waits; `turn` counts that. */
export function useSteady<Row>(answer: Row[], id: (row: Row) => string, key: string, settled: boolean) {
  const kept = useRef<{ key: string; order: string[] }>(undefined);
  const named = useRef(id);
  named.current = id;
  const [turn, setTurn] = useState(0);
  const now = useMemo(
    () => (kept.current?.key === key ? steady(kept.current.order, answer, named.current, isOwn) : { rows: answer, order: undefined, waiting: 0 }),
    [answer, key, turn], // oxlint-disable-line react/exhaustive-deps -- turn: what waited is taken in
  );
  useEffect(() => {
    if (now.order) kept.current = { key, order: now.order };
    else if (settled) kept.current = { key, order: answer.map(named.current) };
  }, [now, settled, answer, key]);
  const show = () => {
    kept.current = undefined;
    setTurn(turn + 1);
  };
  return { rows: now.rows, waiting: now.waiting, show, turn };
}
