import { expect, test } from 'vitest';
import { changesOf } from './bins';

const stored = [
  { sku: 'A', bin: 'A-01', walk: 10 },
  { sku: 'B', bin: 'A-02', walk: 20 },
];

test('only what differs is sent, with what stays', () => {
  expect(changesOf(stored, { A: { bin: 'A-01', walk: '10' }, B: { bin: ' A-03 ' } })).toEqual({ bins: [{ sku: 'B', bin: 'A-03', walk: 20 }], faulty: [] });
  expect(changesOf(stored, { B: { walk: '5' }, C: { bin: 'B-01' }, D: { bin: '' } })).toEqual({
    bins: [
      { sku: 'B', bin: 'A-02', walk: 5 },
      { sku: 'C', bin: 'B-01', walk: 0 },
    ],
    faulty: [],
  });
});

test('a bin without a name and a walk that is no number are told', () => {
  expect(changesOf(stored, { A: { bin: ' ' }, B: { walk: 'x' }, C: { walk: '3' } }).faulty).toEqual(['A', 'B', 'C']);
});
