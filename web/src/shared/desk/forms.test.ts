import { expect, it } from 'vitest';
import { fieldOf, placeOf } from './forms';

const shown = [['location'], ['lines'], ['lines', 0, 'sku'], ['lines', 0, 'delta'], ['lines', 1, 'sku'], ['lines', 1, 'delta'], ['roles']];

it('a pointer is a name of fields', () => {
  expect(fieldOf('/lines/0/sku')).toEqual(['lines', 0, 'sku']);
  expect(fieldOf('/a~1b')).toEqual(['a/b']);
});

it('what is said of a record is shown on a field of it, a shortage on its number', () => {
  expect(placeOf('/lines/1', 'insufficient_stock', shown)).toEqual(['lines', 1, 'delta']);
  expect(placeOf('/lines/1', 'not_found', shown)).toEqual(['lines', 1, 'sku']);
  expect(placeOf('/lines/0/delta', 'too_small', shown)).toEqual(['lines', 0, 'delta']);
  expect(placeOf('/roles/2', 'not_found', shown)).toEqual(['roles']);
});

it('what no field shows is left to be told some other way', () => {
  expect(placeOf('/lines/7', 'insufficient_stock', shown)).toBeUndefined();
  expect(placeOf('/state', 'invalid_state', shown)).toBeUndefined();
  expect(placeOf('', 'invalid_state', shown)).toBeUndefined();
});
