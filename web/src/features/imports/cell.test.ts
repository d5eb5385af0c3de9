import { describe, expect, it } from 'vitest';
import { cellOf } from './cell';

const columns = [{ name: 'SKU' }, { name: 'Name' }, { name: 'Weight' }];

describe('the cell of an error', () => {
  it('is what stood in its column, whatever divides them', () => {
    expect(cellOf('A-1,Cup,heavy', 'Weight', columns)).toBe('heavy');
    expect(cellOf('A-1;Cup, small;heavy', 'Name', columns)).toBe('Cup, small');
    expect(cellOf('A-1\tCup\t', 'Weight', columns)).toBe('');
  });
  it('may be quoted', () => {
    expect(cellOf('A-1,"Cup, ""big""",heavy\r', 'Name', columns)).toBe('Cup, "big"');
    expect(cellOf('A-1,"two\nlines",heavy', 'Name', columns)).toBe('two\nlines');
  });
  it('is not guessed where the row does not tell', () => {
    expect(cellOf('A-1,Cup,heavy\nA-2,Cup,heavy', 'Name', columns)).toBeUndefined();
    expect(cellOf('A-1,Cup', 'Name', columns)).toBeUndefined();
    expect(cellOf(undefined, 'Name', columns)).toBeUndefined();
    expect(cellOf('A-1,Cup,heavy', undefined, columns)).toBeUndefined();
  });
});
