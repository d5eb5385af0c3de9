// First loads in bytes, packed, read off the build in build/web/dist (web/tools/build.sh makes it); and what they may not reach.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { needs } from '../tools/catalogs';

const dist = join(import.meta.dirname, '../../build/web/dist');
const there = existsSync(join(dist, '.vite/manifest.json'));
interface Chunk {
  file: string;
  src?: string;
  imports?: string[];
  dynamicImports?: string[];
  css?: string[];
}
const manifest: Record<string, Chunk> = there ? JSON.parse(readFileSync(join(dist, '.vite/manifest.json'), 'utf8')) : {};

/** All files that a chunk needs before it runs. */
function needed(keys: readonly string[]): Set<string> {
  const found = new Set<string>();
  const seen = new Set<string>();
  const walk = (key: string) => {
    const chunk = manifest[key];
    if (seen.has(key)) return;
    seen.add(key);
    if (!chunk) throw new Error(`${key} is not in the build`);
    found.add(chunk.file);
    for (const css of chunk.css ?? []) found.add(css);
    for (const other of chunk.imports ?? []) walk(other);
  };
  for (const key of keys) walk(key);
  return found;
}
const packed = (file: string) => gzipSync(readFileSync(join(dist, file)), { level: 9 }).length;
const kB = (files: Set<string>) => [...files].reduce((sum, file) => sum + packed(file), 0) / 1000;
const holds = (files: Set<string>, word: string) => [...files].filter((file) => file.endsWith('.js') && readFileSync(join(dist, file), 'utf8').includes(word));

const one = (part: string) => {
  const key = Object.keys(manifest).find((key) => key.includes(part));
  if (there && !key) throw new Error(`${part} is not in the build`);
  return key ?? '';
};
const texts = (shell: string) => one(`texts/${shell}/zh-TW`);
/** A screen of the office: the shell, its texts, the library's own, the screen, the texts of the rooms it needs. */
const office = (screen: string) => {
  const rooms = needs()[screen.split('/')[2] ?? ''] ?? [];
  return ['index.html', 'src/console/office/start.tsx', texts('office'), one('antd/es/locale/zh_TW'), screen, ...rooms.map((room) => one(`texts/room/${room}/zh-TW`))];
};
const loads = [
  { name: 'portal', keys: () => ['portal.html', texts('portal')], most: 90, without: ['ant-btn', 'echarts'] },
  { name: 'floor', keys: () => ['index.html', 'src/console/floor/start.tsx', texts('floor')], most: 120, without: ['ant-btn', 'echarts'] },
  { name: 'office with the orders list', keys: () => office('src/features/orders/list/Orders.tsx'), most: 350, without: ['echarts'] },
  { name: 'order page', keys: () => office('src/features/orders/detail/OrderPage.tsx'), most: 420, without: ['echarts'] },
  { name: 'reports', keys: () => office('src/features/reports/ReportPage.tsx'), most: 520, without: [] as string[] },
];

describe.skipIf(!there)('first loads', () => {
  test.each(loads)('$name stays within its kB', ({ name, keys, most, without }) => {
    const files = needed(keys().filter(Boolean));
    const size = kB(files);
    console.log(`${name}: ${size.toFixed(0)} kB of ${most}`);
    expect(size).toBeLessThanOrEqual(most);
    for (const word of without) expect(holds(files, word), word).toEqual([]);
  });
});
