// The rows: a grid, or cards where it is narrow; what stands there until they come, or instead of them.
import { useNavigate } from '@tanstack/react-router';
import { Button } from 'antd';
import type { ReactNode } from 'react';
import { integer } from '../../format';
import { useTranslation } from '../../i18n';
import { useChanged } from '../../live';
import { Bones, DataGrid, Empty, Trouble } from '../../ui';
import { densities, type Screen } from './useListScreen';

export function Rows<Row>({ screen, narrow }: { screen: Screen<Row>; narrow: boolean }): ReactNode {
  const { list, state, result, rows } = screen;
  if (result.isPending) return <Bones rows={12} />;
  if (result.isError && !rows.length) return <Trouble error={result.error} retry={() => void result.refetch()} />;
  const other = list.instead?.(rows, state.as);
  if (other) return other;
  if (!rows.length && result.hasNextPage) return <Bones rows={12} />;
  if (!rows.length) return <Nothing screen={screen} />;
  return narrow ? <Cards screen={screen} /> : <Grid screen={screen} />;
}

/** No row: of all, or none that fits what was asked. */
function Nothing<Row>({ screen: { list, state, filtering } }: { screen: Screen<Row> }) {
  const { t } = useTranslation();
  const filtered = filtering.length > 0 || state.q;
  return filtered ? (
    <Empty title={t('list.none')} action={<Button onClick={() => state.reset({})}>{t('list.clear')}</Button>}>
      {t('list.none_text')}
    </Empty>
  ) : (
    <Empty title={t(list.empty.title)} action={list.empty.action}>
      {t(list.empty.text)}
    </Empty>
  );
}

const more = <Row,>({ result }: Screen<Row>) => (result.hasNextPage && !result.isFetchingNextPage ? () => void result.fetchNextPage() : undefined);

function Cards<Row>({ screen }: { screen: Screen<Row> }) {
  const { t } = useTranslation();
  const changed = useChanged();
  const { list, rows, result, open } = screen;
  const next = more(screen);
  return (
    <div className="cards" onScroll={(event) => {
      const box = event.currentTarget;
      if (next && box.scrollHeight - box.scrollTop - box.clientHeight < 600) next();
    }}>
      {rows.map((row) => (
        <CardLink key={list.id(row)} href={list.href?.(row)} onOpen={list.peek ? () => open(row, false) : undefined} changed={changed.has(list.id(row))}>
          {list.card(row)}
        </CardLink>
      ))}
      {result.hasNextPage && <Button onClick={() => void result.fetchNextPage()}>{t('list.more')}</Button>}
    </div>
  );
}

function Grid<Row>({ screen }: { screen: Screen<Row> }) {
  const { t } = useTranslation();
  const changed = useChanged();
  const { list, state, rows, result, columns, sort, selected, setSelected, open, at, setAt, density, key, turn } = screen;
  return (
    <DataGrid
      label={t(list.title)}
      rows={rows}
      columns={columns}
      id={list.id}
      sort={sort}
      onSort={(next) => state.set({ sort: next })}
      selected={selected}
      {...(list.bulk?.length ? { onSelect: setSelected } : {})}
      onOpen={open}
      {...(list.peek ? { onPeek: (row: Row | undefined) => row && state.set({ peek: state.peek === list.id(row) ? undefined : list.id(row) }) } : {})}
      at={at}
      onAt={setAt}
      changed={changed}
      onEnd={more(screen)}
      rowHeight={densities[density]}
      of={`${key} ${turn}`}
      foot={result.full ? t('list.held', { n: integer(rows.length) }) : result.isFetchingNextPage ? t('common.loading') : undefined}
    />
  );
}

function CardLink({ href, onOpen, changed, children }: { href: string | undefined; onOpen: (() => void) | undefined; changed: boolean; children: ReactNode }) {
  const navigate = useNavigate();
  const className = `card${changed ? ' changed' : ''}`;
  if (!href && onOpen)
    return (
      <button type="button" className={className} onClick={onOpen}>
        {children}
      </button>
    );
  if (!href) return <div className={className}>{children}</div>;
  return (
    <a
      className={className}
      href={href}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey) return;
        event.preventDefault();
        void navigate({ to: href as never });
      }}
    >
      {children}
    </a>
  );
}
