// What a screen says of its list.
import type { ReactNode } from 'react';
import type { Column } from '../../ui';
import type { Query } from '../../views';
import type { Filter } from '../filters';

export interface BulkVerb<Row> {
  id: string;
  label: string;
  danger?: boolean;
  icon?: ReactNode;
  /** Opens its dialog; `query` is the list's when all that match are meant, else undefined. */
  run: (rows: Row[], query: Query | undefined, done: () => void) => void;
}

export interface ListDefinition<Row> {
  /** Names the screen for saved views and kept settings. */
  screen: string;
  /** First part of the query keys, see shared/live. */
  resource: string;
  path: string;
  title: string;
  /** Always sent: `expand`, or what the screen is about. */
  fixed?: Query;
  defaults?: Query;
  /** Sorting that the server does without being asked. */
  defaultSort: string;
  columns: readonly Column<Row>[];
  filters: readonly Filter[];
  id: (row: Row) => string;
  /** Where a row leads. */
  href?: (row: Row) => string;
  peek?: (row: Row) => ReactNode;
  card: (row: Row) => ReactNode;
  bulk?: readonly BulkVerb<Row>[];
  searchable?: boolean;
  exportable?: boolean;
  /** false: the server cannot count it. */
  countable?: boolean;
  empty: { title: string; text: string; action?: ReactNode };
  actions?: ReactNode;
  /** Above the grid: tabs, queues with counters. */
  head?: ReactNode;
  /** Instead of the grid: a board. Given the rows and the address's `as`. */
  instead?: (rows: Row[], as: string | undefined) => ReactNode | undefined;
}
