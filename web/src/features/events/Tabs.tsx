import { Link } from '@tanstack/react-router';
import { useTranslation } from '../../shared/i18n';

const tabs = [
  ['jobs.running', '/jobs'],
  ['failed.title', '/jobs/failed'],
  ['outside', '/jobs/outside'],
] as const;

export function JobTabs({ at }: { at: string }) {
  const { t } = useTranslation();
  return (
    <nav className="tabs no-print" aria-label={t('events.jobs.title')}>
      {tabs.map(([name, to]) => (
        <Link key={to} to={to as never} search={{} as never} activeOptions={{ exact: true, includeSearch: false }} className={`tab${to === at ? ' on' : ''}`}>
          {t(`events.${name}`)}
        </Link>
      ))}
    </nav>
  );
}
