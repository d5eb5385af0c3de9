// The cell that an error is about, out of the row as it was kept. Pure.

/** Cells of one line of separated values; undefined when it is more than one line. */
function cellsOf(raw: string, delimiter: string): string[] | undefined {
  const cells: string[] = [];
  let cell = '';
  let quoted = false;
  for (let i = 0; i < raw.length; i++) {
    const c = raw[i] as string;
    if (quoted) {
      if (c !== '"') cell += c;
      else if (raw[i + 1] === '"') cell += raw[++i];
      else quoted = false;
    } else if (c === '"' && cell === '') quoted = true;
    else if (c === delimiter) {
      cells.push(cell);
      cell = '';
    } else if (c === '\n') return undefined;
    else if (c !== '\r') cell += c;
  }
  return [...cells, cell];
}

/** What stood in this column; undefined when the row was not kept, is one of several, or does not tell. */
export function cellOf(raw: string | undefined, column: string | undefined, columns: readonly { name: string }[]): string | undefined {
  const at = columns.findIndex(({ name }) => name === column);
  if (!raw || at < 0) return undefined;
  for (const delimiter of [',', ';', '\t', '|']) {
    const cells = cellsOf(raw, delimiter);
    if (cells?.length === columns.length) return cells[at];
  }
  return undefined;
}
