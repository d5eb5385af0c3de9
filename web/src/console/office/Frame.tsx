// The frame around every office screen: navigation, palette, help, who is signed in, and whether what is shown is live.
import { MenuOutlined, QuestionCircleOutlined, SearchOutlined, UserOutlined } from '@ant-design/icons';
import { Link, Outlet, useLocation, useNavigate } from '@tanstack/react-router';
import { App, Button, Dropdown, Tooltip } from 'antd';
import { lazy, Suspense, useEffect, useState } from 'react';
import { onWaiting } from '../../shared/api/client';
import { beOneself, useMay, useSession, useSignOut } from '../../shared/api/session';
import { useNarrow } from '../../shared/desk/useNarrow';
import { languageNames, languages, type Language, useTranslation } from '../../shared/i18n';
import { useKeys } from '../../shared/keys';
import { useLate } from '../../shared/live';
import { Bones, Empty, getTheme, themes, type Theme } from '../../shared/ui';
import { features, navigation } from './features';
import { helpOf } from './help/pages';
import { choose as keepChoice } from './preferences';

const Palette = lazy(() => import('./Palette'));
const KeysHelp = lazy(() => import('./KeysHelp'));
const loadMenu = () => import('./Menu');
const Menu = lazy(loadMenu);

const places = [...navigation, ...features.flatMap((feature) => feature.acts ?? []).flatMap(({ to, needs }) => (to ? [{ to, ...(needs ? { needs } : {}) }] : []))];
const parts = ['work', 'goods', 'people', 'insight', 'setup'] as const;

function Logo() {
  return (
    <svg width="22" height="22" viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" fill="var(--accent)" />
      <path d="M16 6.5a9.5 9.5 0 1 0 9.5 9.5" fill="none" stroke="var(--on-accent)" strokeWidth="3.2" strokeLinecap="round" />
      <path d="m11.5 16 3.4 3.4L25 8.8" fill="none" stroke="var(--on-accent)" strokeWidth="3.2" strokeLinecap="round" strokeLinejoin="round" />
    </svg>
  );
}

function Navigation({ onGo }: { onGo?: () => void }) {
  const { t } = useTranslation();
  const may = useMay();
  const seen = navigation.filter((entry) => !entry.needs || entry.needs.some(may));
  return (
    <nav aria-label={t('office.nav')} className="nav">
      {parts.map((part) => {
        const entries = seen.filter((entry) => entry.part === part);
        if (!entries.length) return null;
        return (
          <ul key={part} aria-label={t(`office.part.${part}`)}>
            {entries.map((entry) => (
              <li key={entry.to}>
                <Link to={entry.to as never} search={{} as never} activeOptions={{ exact: entry.to === '/', includeSearch: false }} onClick={onGo} className="nav-link" title={entry.keys}>
                  <span className="nav-icon" aria-hidden="true">
                    {entry.icon}
                  </span>
                  {t(entry.label)}
                </Link>
              </li>
            ))}
          </ul>
        );
      })}
    </nav>
  );
}

/** What of the console somebody may open: the page of the longest address that begins this one says whom it is for. */
function useAllowed(pathname: string): boolean {
  const may = useMay();
  const of = places.filter(({ to }) => pathname === to || pathname.startsWith(`${to}/`)).toSorted((a, b) => b.to.length - a.to.length)[0];
  return !of?.needs || of.needs.some(may);
}

/** Whose eyes these are, over all that is seen. */
function SeenAs() {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const { see_as: whom, see_as_name: user } = useSession();
  const [going, setGoing] = useState(false);
  if (!whom) return null;
  const back = () => {
    setGoing(true);
    beOneself().catch(() => {
      setGoing(false);
      void message.error(t('office.oneself_failed'));
    });
  };
  return (
    <div role="status" className="seen-as no-print">
      <span>{t('office.seen_as', { name: user ?? t(`enum.role.${whom}`, { defaultValue: whom }) })}</span>
      <Button size="small" loading={going} onClick={back}>
        {t('office.oneself')}
      </Button>
    </div>
  );
}

function useWaiting(): number {
  const [seconds, set] = useState(0);
  useEffect(() => onWaiting(set), []);
  return seconds;
}

export function Frame() {
  const { t } = useTranslation();
  const session = useSession();
  const signOut = useSignOut();
  const navigate = useNavigate();
  const may = useMay();
  const narrow = useNarrow();
  const late = useLate();
  const waiting = useWaiting();
  const { pathname } = useLocation();
  const [menu, setMenu] = useState<boolean>();
  const [palette, setPalette] = useState(false);
  const [help, setHelp] = useState(false);
  const [theme, choose] = useState<Theme>(getTheme());
  const allowed = useAllowed(pathname);

  useEffect(() => {
    const entry = navigation.filter((one) => pathname === one.to || (one.to !== '/' && pathname.startsWith(`${one.to}/`)))[0];
    document.title = entry ? `${t(entry.label)} · Ordo` : 'Ordo';
  }, [pathname, t]);

  useKeys('keys.group.everywhere', [
    { keys: 'mod+k', label: 'keys.palette', always: true, run: () => setPalette(true) },
    { keys: '?', label: 'keys.help', run: () => setHelp(true) },
    { keys: 'shift+?', label: 'keys.help', run: () => setHelp(true) },
    ...(may('order.create') ? [{ keys: 'c', label: 'keys.create', run: () => void navigate({ to: '/orders/new' as never }) }] : []),
    ...navigation
      .filter((entry) => entry.keys && (!entry.needs || entry.needs.some(may)))
      .map((entry) => ({ keys: entry.keys as string, label: entry.label, run: () => void navigate({ to: entry.to as never }) })),
  ]);

  return (
    <div className="frame">
      <a className="skip" href="#main">
        {t('office.skip')}
      </a>
      {!narrow && (
        <aside className="side no-print">
          <Link to={'/' as never} className="brand">
            <Logo /> Ordo
          </Link>
          <Navigation />
        </aside>
      )}
      <div className="frame-main">
        <SeenAs />
        <header className="topbar no-print">
          {narrow && <Button type="text" aria-label={t('office.menu')} icon={<MenuOutlined aria-hidden />} onClick={() => setMenu(true)} onPointerEnter={() => void loadMenu()} />}
          <button type="button" className="palette-button" onClick={() => setPalette(true)}>
            <SearchOutlined aria-hidden />
            <span className="grow ellipsis">{t('office.find')}</span>
            <kbd>{/Mac|iP/.test(navigator.platform) ? '⌘K' : 'Ctrl K'}</kbd>
          </button>
          <span className="grow" />
          <div role="status" className="frame-news">
            {waiting > 0 ? t('office.waiting', { n: waiting }) : late ? t('office.late') : ''}
          </div>
          <Tooltip title={t('office.help')}>
            <Link to={`/help/${helpOf(pathname)}` as never} className="topbar-link" aria-label={t('office.help')}>
              <QuestionCircleOutlined aria-hidden />
            </Link>
          </Tooltip>
          <Dropdown
            autoFocus
            trigger={['click']}
            menu={{
              selectable: true,
              selectedKeys: [`theme:${theme}`, `language:${document.documentElement.lang}`],
              items: [
                { key: 'who', disabled: true, label: session.name ?? session.login },
                { type: 'divider' },
                { key: 'languages', type: 'group', label: t('office.language'), children: languages.map((one) => ({ key: `language:${one}`, label: languageNames[one] })) },
                { key: 'themes', type: 'group', label: t('office.theme'), children: themes.map((one) => ({ key: `theme:${one}`, label: t(`office.theme_${one}`) })) },
                { type: 'divider' },
                { key: 'me', label: t('office.me') },
                { key: 'floor', label: t('office.floor') },
                { key: 'out', label: t('office.sign_out') },
              ],
              onClick: ({ key }) => {
                const [kind, value] = key.split(':');
                if (kind === 'language') keepChoice({ language: value as Language });
                else if (kind === 'theme') {
                  keepChoice({ theme: value as Theme });
                  choose(value as Theme);
                } else if (kind === 'out') void signOut();
                else if (kind === 'floor') location.assign('/floor');
                else if (kind === 'me') void navigate({ to: '/me' as never });
              },
            }}
          >
            <Button type="text" aria-label={t('office.account')} icon={<UserOutlined aria-hidden />} />
          </Dropdown>
        </header>
        <main id="main" tabIndex={-1}>
          <Suspense fallback={<Bones />}>
            {allowed ? (
              <Outlet />
            ) : (
              <Empty title={t('office.not_yours')} action={<Link to={'/' as never}>{t('office.to_today')}</Link>}>
                {t('office.not_yours_text')}
              </Empty>
            )}
          </Suspense>
        </main>
      </div>
      <Suspense fallback={null}>
        {menu !== undefined && (
          <Menu open={menu} onClose={() => setMenu(false)}>
            <Navigation onGo={() => setMenu(false)} />
          </Menu>
        )}
        {palette && <Palette onClose={() => setPalette(false)} />}
        {help && <KeysHelp onClose={() => setHelp(false)} />}
      </Suspense>
    </div>
  );
}
