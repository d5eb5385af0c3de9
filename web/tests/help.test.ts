// The help pages: one for each screen of the navigation, equally complete in three languages.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { helpOf, helpPages } from '../src/console/office/help/pages';
import { languages } from '../tools/catalogs';

type Told = Record<string, { for: string; steps: string[]; words: { word: string; means: string }[] }>;
const folder = join(import.meta.dirname, '../src/console/office/help');
const all = Object.fromEntries(languages.map((language) => [language, JSON.parse(readFileSync(join(folder, `${language}.json`), 'utf8')) as Told]));

test.each(languages)('%s tells every page with as many steps and words as the others', (language) => {
  const shape = (told: Told) => Object.entries(told).map(([id, one]) => `${id} ${Boolean(one.for)} ${one.steps.filter(Boolean).length} ${one.words.filter(({ word, means }) => word && means).length}`).sort();
  expect(shape(all[language] as Told)).toEqual(shape(all.en as Told));
  expect(Object.keys(all[language] as Told).sort()).toEqual(helpPages.map(({ id }) => id).sort());
});

test('an address leads to its page', () => {
  expect(['/', '/orders', '/orders/SO-1', '/orders/new', '/stock/movements', '/users/roles', '/api-keys', '/help/review', '/nowhere'].map(helpOf)).toEqual(['today', 'orders', 'order', 'new-order', 'stock', 'users', 'users', 'review', 'today']);
});
