// The list of everything: chips of filters, saved views, columns, density, full text, selection with verbs in bulk, peek,
// export of exactly this list, cards on phones. A screen gives its definition; the rest is here once.
import { CloseOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { integer } from '../format';
import { useTranslation } from '../i18n';
import { Rows } from './list/Rows';
import type { ListDefinition } from './list/definition';
import { Tools } from './list/Tools';
import { useListKeys, useListScreen, type Screen } from './list/useListScreen';
import { useNarrow } from './useNarrow';

export type { Filter } from './filters';
export type { BulkVerb, ListDefinition } from './list/definition';

export function ListScreen<Row>({ of: list }: { of: ListDefinition<Row> }) {
  const { t } = useTranslation();
  const narrow = useNarrow();
  const screen = useListScreen(list);
  useListKeys(screen);
  const { count, askCount, waiting, show, grid } = screen;
  return (
    <div className="screen list-screen">
      <header className="screen-head">
        <h1>{t(list.title)}</h1>
        {list.countable !== false && (
          <button type="button" className="count" onClick={() => void askCount()} title={t('list.count_ask')}>
            {count === undefined ? t('list.count') : t('list.counted', { n: integer(count) })}
          </button>
        )}
        <span className="grow" />
        {list.actions}
      </header>
      {list.head}
      <Tools screen={screen} narrow={narrow} />
      <BulkBar screen={screen} />
      <div className="list-body" ref={grid}>
        <News n={waiting} show={show} />
        <Rows screen={screen} narrow={narrow} />
        <Peek screen={screen} />
      </div>
    </div>
  );
}

/** What is chosen, and what may be done with all of it. */
function BulkBar<Row>({ screen: { list, rows, result, selected, every, setEvery, asked, unselect } }: { screen: Screen<Row> }) {
  const { t } = useTranslation();
  if (!selected.size || !list.bulk) return null;
  const chosen = rows.filter((row) => selected.has(list.id(row)));
  return (
    <div className="bulkbar no-print" role="toolbar" aria-label={t('list.bulk')}>
      <strong>{every ? t('list.all_matching') : t('list.selected', { n: integer(selected.size) })}</strong>
      {!every && selected.size >= rows.length && result.hasNextPage && (
        <Button type="link" onClick={() => setEvery(true)}>
          {t('list.select_matching')}
        </Button>
      )}
      {list.bulk.map((verb) => (
        <Button key={verb.id} danger={verb.danger ?? false} icon={verb.icon} onClick={() => verb.run(chosen, every ? asked : undefined, unselect)}>
          {t(verb.label)}
        </Button>
      ))}
      <span className="grow" />
      <Button type="text" aria-label={t('list.unselect')} icon={<CloseOutlined aria-hidden />} onClick={unselect} />
    </div>
  );
}

/** One row beside the others. */
function Peek<Row>({ screen: { list, state, peeked, step, open } }: { screen: Screen<Row> }) {
  const { t } = useTranslation();
  if (!peeked || !list.peek) return null;
  return (
    <aside className="peek" aria-label={t('list.peek')}>
      <div className="peek-head">
        <Button type="text" onClick={() => step(-1)} aria-label={t('list.previous')}>
          ↑
        </Button>
        <Button type="text" onClick={() => step(1)} aria-label={t('list.next')}>
          ↓
        </Button>
        <span className="grow" />
        {list.href && (
          <Button type="link" onClick={() => open(peeked, false)}>
            {t('list.open')}
          </Button>
        )}
        <Button type="text" aria-label={t('common.close')} icon={<CloseOutlined aria-hidden />} onClick={() => state.set({ peek: undefined })} />
      </div>
      {list.peek(peeked)}
    </aside>
  );
}

const SAID_EVERY_MS = 5_000;

/** "3 new": rows that came while one looks. Told to a screen reader every 5 s at most. */
function News({ n, show }: { n: number; show: () => void }) {
  const { t } = useTranslation();
  const [said, setSaid] = useState(0);
  const last = useRef(0);
  useEffect(() => {
    const timer = setTimeout(() => {
      last.current = Date.now();
      setSaid(n);
    }, Math.max(0, last.current + SAID_EVERY_MS - Date.now()));
    return () => clearTimeout(timer);
  }, [n]);
  return (
    <>
      <span className="hidden" role="status">
        {said > 0 ? t('list.news', { n: integer(said) }) : ''}
      </span>
      {n > 0 && (
        <button type="button" className="news no-print" title={t('list.news_show')} onClick={show}>
          {t('list.news', { n: integer(n) })}
        </button>
      )}
    </>
  );
}
