import { expect, it } from 'vitest';
import { fileColumns } from './file';

const t = ((key: string) => key.toUpperCase()) as never;

it('names what is shown, in its order, with the currency of amounts', () => {
  expect(fileColumns([{ file: 'number', title: 'a;b' }, { title: 'next' }, { file: 'totals.total', title: 'sum' }], t)).toBe('number:A,B;totals.total:SUM;currency:LIST.CURRENCY');
  expect(fileColumns([{ title: 'next' }], t)).toBeUndefined();
});
