import { expect, test } from 'vitest';
import { steady } from './steady';

const list = (text: string) => [...text].filter((one) => one !== ' ');
const look = (order: string, answer: string, mine = '') => {
  const { rows, waiting, order: next } = steady(list(order), list(answer), (row) => row, (id) => mine.includes(id));
  return [rows.join(''), waiting, next.join('')];
};

test('new rows above wait; nothing moves', () => expect(look('abc', 'xyabc')).toEqual(['abc', 2, 'abc']));
test('new rows between wait', () => expect(look('abc', 'axbc')).toEqual(['abc', 1, 'abc']));
test('what comes after the last row is added', () => expect(look('abc', 'abcde')).toEqual(['abcde', 0, 'abcde']));
test('what left is gone and comes back at its place', () => {
  expect(look('abc', 'ac')).toEqual(['ac', 0, 'abc']);
  expect(look('abc', 'bac')).toEqual(['abc', 0, 'abc']);
});
test('rows keep their places where the sorting would move them', () => expect(look('abc', 'cba')).toEqual(['abc', 0, 'abc']));
test("one's own rows are shown at once where they belong", () => {
  expect(look('abc', 'xabc', 'x')).toEqual(['xabc', 0, 'xabc']);
  expect(look('abc', 'axybc', 'y')).toEqual(['aybc', 1, 'aybc']);
  expect(look('abc', 'xyabc', 'xy')).toEqual(['xyabc', 0, 'xyabc']);
});
test('where nothing known is left everything is shown', () => {
  expect(look('abc', 'xyz')).toEqual(['xyz', 0, 'xyz']);
  expect(look('', 'xyz')).toEqual(['xyz', 0, 'xyz']);
});
test('the last rows that new ones pushed onto the next page come back with it', () => {
  expect(look('abcd', 'xabc')).toEqual(['abc', 1, 'abcd']);
  expect(look('abcd', 'xabcde')).toEqual(['abcde', 1, 'abcde']);
});
