// What a screen is for, how it is used, its words and its keys. Read only when somebody asks.
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useTranslation, type Language } from '../../../shared/i18n';
import { keyName } from '../../../shared/keys';
import { Panel } from '../../../shared/desk/record';
import { Bones, Empty, Trouble } from '../../../shared/ui';
import { navigation } from '../features';
import './help.css';
import { helpPages } from './pages';

interface Told {
  for: string;
  steps: string[];
  words: { word: string; means: string }[];
}
const texts: Record<Language, () => Promise<{ default: Record<string, Told> }>> = {
  en: () => import('./en.json'),
  'zh-CN': () => import('./zh-CN.json'),
  'zh-TW': () => import('./zh-TW.json'),
};
const everywhere = [
  ['mod+k', 'keys.palette'],
  ['?', 'keys.help'],
  ['c', 'keys.create'],
] as const;

function Keys({ all }: { all: readonly (readonly [string, string])[] }) {
  const { t } = useTranslation();
  return (
    <dl className="help-keys">
      {all.map(([keys, label]) => (
        <div key={keys + label}>
          <dt>{t(label)}</dt>
          <dd>
            {keys.split(' ').map((key) => (
              <kbd key={key}>{keyName(key)}</kbd>
            ))}
          </dd>
        </div>
      ))}
    </dl>
  );
}

export function Help() {
  const { t, i18n } = useTranslation();
  const { page: id = 'today' } = useParams({ strict: false }) as { page?: string };
  const language = i18n.language as Language;
  const found = useQuery({ queryKey: ['help', language], staleTime: Infinity, queryFn: async () => (await texts[language]()).default });
  const page = helpPages.find((one) => one.id === id);
  const told = found.data?.[id];
  const go = page?.to && navigation.find((entry) => entry.to === page.to)?.keys;
  return (
    <div className="screen help">
      <header className="screen-head">
        <h1>{page ? t('office.help_of', { page: t(page.label) }) : t('office.help_title')}</h1>
        <span className="grow" />
        {page?.to && (
          <Link to={page.to as never} className="btn no-print">
            {t('office.help_open')}
          </Link>
        )}
      </header>
      <div className="screen-body help-body">
        <nav className="help-pages no-print" aria-label={t('office.help_all')}>
          <ul>
            {helpPages.map((one) => (
              <li key={one.id}>
                <Link to={`/help/${one.id}` as never} className="nav-link">
                  {t(one.label)}
                </Link>
              </li>
            ))}
          </ul>
        </nav>
        {found.isPending && <Bones rows={8} />}
        {found.isError && <Trouble error={found.error} retry={() => void found.refetch()} />}
        {found.data && !told && <Empty title={t('office.lost')}>{t('office.lost_text')}</Empty>}
        {page && told && (
          <article className="help-text">
            <p className="help-for">{told.for}</p>
            <Panel title={t('office.help_steps')}>
              <ol className="help-steps">
                {told.steps.map((step) => (
                  <li key={step}>{step}</li>
                ))}
              </ol>
            </Panel>
            <Panel title={t('office.help_words')}>
              <dl className="help-words">
                {told.words.map(({ word, means }) => (
                  <div key={word}>
                    <dt>{word}</dt>
                    <dd>{means}</dd>
                  </div>
                ))}
              </dl>
            </Panel>
            <Panel title={t('keys.title')}>
              <div className="help-columns">
                {page.keys.length > 0 && <Keys all={page.keys} />}
                <Keys all={[...(go ? [[go, 'office.help_open'] as const] : []), ...everywhere]} />
              </div>
            </Panel>
          </article>
        )}
      </div>
    </div>
  );
}
