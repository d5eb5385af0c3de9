// Ctrl/Cmd+K: pages, acts, and any order, product, customer or tracking number.
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Modal } from 'antd';
import { useDeferredValue, useEffect, useMemo, useRef, useState } from 'react';
import { useMay } from '../../shared/api/session';
import { languages, textsIn, useTranslation } from '../../shared/i18n';
import { features, navigation } from './features';

interface Entry {
  id: string;
  group: string;
  title: string;
  detail?: string | undefined;
  run: () => void;
}

function matches(text: string, wanted: string): boolean {
  const low = text.toLowerCase();
  return wanted
    .toLowerCase()
    .split(/\s+/)
    .every((word) => low.includes(word));
}

export default function Palette({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const may = useMay();
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const wanted = useDeferredValue(text.trim());
  const list = useRef<HTMLDivElement>(null);

  const go = (to: string) => () => {
    onClose();
    void navigate({ to: to as never });
  };
  const allowed = (needs: readonly string[] | undefined) => !needs || needs.some(may);
  const found = useQuery({
    queryKey: ['palette', wanted],
    enabled: wanted.length > 1,
    staleTime: 5_000,
    queryFn: async ({ signal }) => {
      const sources = features.flatMap((feature) => feature.sources ?? []).filter((source) => allowed(source.needs));
      const answers = await Promise.allSettled(sources.map((source) => source.find(wanted, signal)));
      return sources.flatMap((source, i) => {
        const answer = answers[i];
        return answer?.status === 'fulfilled' ? answer.value.slice(0, 6).map((one) => ({ ...one, group: source.label, id: `${source.id}:${one.id}` })) : [];
      });
    },
  });

  // A page is found by its name in each language: people type what they know it by.
  const others = useQuery({ queryKey: ['palette', 'texts'], enabled: wanted.length > 0, staleTime: Infinity, queryFn: () => Promise.all(languages.map(textsIn)) }).data;

  const entries = useMemo<Entry[]>(() => {
    const pages = navigation
      .filter((entry) => allowed(entry.needs))
      .map((entry) => ({ id: entry.to, group: 'office.pages', title: t(entry.label), label: entry.label, detail: entry.keys, run: go(entry.to) }));
    const acts = features
      .flatMap((feature) => feature.acts ?? [])
      .filter((act) => allowed(act.needs))
      .map((act) => ({
        id: act.label,
        group: 'office.acts',
        title: t(act.label),
        label: act.label,
        detail: act.keys,
        run: act.to ? go(act.to) : () => (onClose(), act.run?.()),
      }));
    const own = [...acts, ...pages].filter((entry) => !wanted || matches(entry.title, wanted) || others?.some((say) => matches(say(entry.label), wanted)));
    const records = (found.data ?? []).map((one) => ({ id: one.id, group: one.group, title: one.title, detail: one.detail, run: go(one.to) }));
    return [...records, ...own];
  }, [found.data, wanted, others, t]);

  useEffect(() => setAt(0), [wanted]);
  useEffect(() => {
    list.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' });
  }, [at]);

  return (
    <Modal open onCancel={onClose} footer={null} closable={false} width={620} style={{ top: 80 }} styles={{ container: { padding: 0 } }} title={<span className="hidden">{t('office.find')}</span>}>
      <div className="palette">
        <input
          autoFocus
          role="combobox"
          aria-expanded="true"
          aria-controls="palette-list"
          aria-activedescendant={entries[at] ? `palette-${at}` : undefined}
          aria-label={t('office.find')}
          placeholder={t('office.find')}
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'ArrowDown') setAt((n) => Math.min(n + 1, entries.length - 1));
            else if (event.key === 'ArrowUp') setAt((n) => Math.max(n - 1, 0));
            else if (event.key === 'Enter' && !event.nativeEvent.isComposing) entries[at]?.run();
            else return;
            event.preventDefault();
          }}
        />
        <div id="palette-list" role="listbox" aria-label={t('office.find')} ref={list} tabIndex={-1}>
          {entries.map((entry, i) => (
            <div key={entry.id}>
              {entries[i - 1]?.group !== entry.group && (
                <div className="palette-group" aria-hidden="true">
                  {t(entry.group)}
                </div>
              )}
              <div id={`palette-${i}`} role="option" aria-selected={i === at} tabIndex={-1} className="palette-entry" onMouseMove={() => setAt(i)} onClick={entry.run}>
                <span className="grow ellipsis">{entry.title}</span>
                {entry.detail && <span className="muted ellipsis">{entry.detail}</span>}
              </div>
            </div>
          ))}
          {!entries.length && <div className="palette-none">{found.isFetching ? t('common.loading') : t('list.none')}</div>}
        </div>
      </div>
    </Modal>
  );
}
