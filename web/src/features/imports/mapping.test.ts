import { describe, expect, test } from 'vitest';
import { adjust, assign, currencyOf, draftOf, fieldKey, lineOf, mappingOf, missing, pasted, progress, setCurrency } from './mapping';

const file = { format: 'csv', bytes: 10, rows: 4, columns: [{ name: 'SKU', samples: [] }, { name: 'Note', samples: [] }, { name: 'Weight', samples: [] }] };
const mapping = {
  columns: [
    { field: 'weight', column: 'Weight', unit: 'kg' },
    { field: 'sku', column: 'SKU' },
    { field: 'unit', constant: 'pcs' },
  ],
  decimal: '.' as const,
  update: true,
};
const draft = draftOf({ file, mapping });

describe('the table of columns', () => {
  test('stands in the order of the file, and leaves out what nothing names', () => {
    expect(draft.columns.map((rule) => rule?.field)).toEqual(['sku', undefined, 'weight']);
    expect(draft.constants).toEqual([{ field: 'unit', constant: 'pcs' }]);
  });
  test('goes back as the mapping it came from', () => {
    const sent = mappingOf(draft).mapping;
    expect(sent.columns.toSorted((a, b) => (a.field < b.field ? -1 : 1))).toEqual(mapping.columns.toSorted((a, b) => (a.field < b.field ? -1 : 1)));
    expect(sent).toMatchObject({ decimal: '.', update: true });
  });
  test('gives a field to one column at a time, without the unit of another', () => {
    const next = assign(draft, 1, 'Note', 'weight');
    expect(next.columns).toEqual([{ field: 'sku', column: 'SKU' }, { field: 'weight', column: 'Note' }, undefined]);
  });
  test('leaving one column out touches no other', () => {
    const next = assign(draft, 2, 'Weight', undefined);
    expect(next.columns.map((rule) => rule?.field)).toEqual(['sku', undefined, undefined]);
    expect(next.constants).toHaveLength(1);
  });
  test('a unit that is taken away is gone', () => {
    expect(adjust(draft, 2, { unit: undefined }).columns[2]).toEqual({ field: 'weight', column: 'Weight' });
  });
});

test('a chosen currency is the value of all rows where they must tell one', () => {
  const orders = [{ name: 'currency', type: 'text', required: true, choices: [] }];
  const chosen = setCurrency(draft, orders, 'EUR', 'TWD');
  expect(mappingOf(chosen).mapping.columns).toContainEqual({ field: 'currency', constant: 'EUR' });
  expect(currencyOf(chosen)).toBe('EUR');
  const cleared = setCurrency(chosen, orders, undefined, 'TWD');
  expect(cleared.constants.filter(({ field }) => field === 'currency')).toEqual([{ field: 'currency', constant: 'TWD' }]);
  const told = assign(draft, 1, 'Note', 'currency');
  expect(setCurrency(told, orders, 'EUR', 'TWD').constants).toEqual(told.constants);
  expect(setCurrency(draft, [{ ...orders[0], required: false } as never], 'EUR', 'TWD')).toEqual({ ...draft, currency: 'EUR' });
});

test('an error of the server finds its line', () => {
  const { lines } = mappingOf(draft);
  expect(lineOf('/mapping/columns/1/unit', lines)).toBe('column 2');
  expect(lineOf('/mapping/columns/2/constant', lines)).toBe('constant 0');
  expect(lineOf('/mapping/columns', lines)).toBeUndefined();
});

test('stock needs a figure, whichever', () => {
  const fields = [
    { name: 'sku', type: 'text', required: true, choices: [] },
    { name: 'location', type: 'text', required: true, choices: [] },
  ];
  expect(missing('stock', fields, draft)).toEqual([['location'], ['counted', 'delta', 'safety']]);
  expect(missing('products', fields, draft)).toEqual([['location']]);
});

test('a sheet is known by its tabs', () => {
  expect(pasted('a\tb\n1\t2').delimiter).toBe('tab');
  expect(pasted('a,b\n"x\ty",2').delimiter).toBeUndefined();
});

test('names of fields are keys', () => expect(fieldKey('name.zh-CN')).toBe('imports.field.name_zh_cn'));

test('a pass is as far as its rows', () => {
  const none = { rows: 0, new: 0, changed: 0, unchanged: 0, wrong: 0 };
  expect(progress({ state: 'running', file, checked: { ...none, rows: 4 }, ran: { ...none, rows: 1 } })).toBe(0.25);
  expect(progress({ state: 'checking', file, checked: { ...none, rows: 2 }, ran: none })).toBe(0.5);
});
