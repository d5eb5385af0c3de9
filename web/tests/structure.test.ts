// Who may import whom: shared nothing of features, features nothing of another but its index, floor and portal no antd.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';

const src = join(import.meta.dirname, '../src');
const files = readdirSync(src, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
  .map((entry) => join(entry.parentPath, entry.name));

function imports(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(/(?:from|import\()\s*'([^']+)'/g)].map((match) => match[1] as string);
}
const place = (file: string, to: string) => (to.startsWith('.') ? relative(src, resolve(dirname(file), to)) : to);

test('code imports what package.json names, and nothing that merely lies in node_modules', () => {
  const { dependencies } = JSON.parse(readFileSync(join(src, '../package.json'), 'utf8')) as { dependencies: Record<string, string> };
  const named = new Set([...Object.keys(dependencies), 'vitest', 'virtual:texts', 'virtual:rooms']);
  const wrong = files.flatMap((file) =>
    imports(file)
      .filter((to) => /^[@\w][\w:./-]*$/.test(to))
      .filter((to) => !named.has(to.split('/').slice(0, to.startsWith('@') ? 2 : 1).join('/')))
      .map((to) => `${relative(src, file)} ${to}`),
  );
  expect(wrong).toEqual([]);
});

test('shared knows nothing of features and shells', () => {
  const wrong = files
    .filter((file) => relative(src, file).startsWith('shared/'))
    .flatMap((file) => imports(file).map((to) => [relative(src, file), place(file, to)] as const))
    .filter(([, to]) => /^(features|console|portal)\//.test(to));
  expect(wrong).toEqual([]);
});

test('a feature sees of another only its index', () => {
  const wrong = files
    .filter((file) => relative(src, file).startsWith('features/'))
    .flatMap((file) => imports(file).map((to) => [relative(src, file), place(file, to)] as const))
    .filter(([from, to]) => {
      const [, own] = from.split('/');
      const [stratum, other, ...rest] = to.split('/');
      if (stratum === 'console' || stratum === 'portal') return true;
      return stratum === 'features' && other !== own && rest.length > 0 && rest.join('/') !== 'index';
    });
  expect(wrong).toEqual([]);
});

test('figures are formatted in shared/format alone', () => {
  const wrong = files
    .filter((file) => !relative(src, file).startsWith('shared/format/') && !/\.test\./.test(file))
    .filter((file) => /new Intl\.(NumberFormat|DateTimeFormat)|\.toLocale(Date|Time)?String\(/.test(readFileSync(file, 'utf8')))
    .map((file) => relative(src, file));
  expect(wrong).toEqual([]);
});

test('what comes from outside is never put in as HTML', () => {
  const wrong = files.filter((file) => /dangerouslySetInnerHTML|\.innerHTML\s*=/.test(readFileSync(file, 'utf8'))).map((file) => relative(src, file));
  expect(wrong).toEqual([]);
});
