import { Link } from '@tanstack/react-router';
import { useMay } from '../../shared/api/session';
import { useTranslation } from '../../shared/i18n';

const tabs = [
  ['general', '/settings'],
  ['series', '/settings/series'],
  ['rules', '/settings/rules'],
  ['tax', '/settings/tax'],
  ['system', '/system'],
] as const;

export function SettingsTabs({ at }: { at: (typeof tabs)[number][0] }) {
  const { t } = useTranslation();
  const may = useMay();
  return (
    <nav className="tabs no-print" aria-label={t('settings.title')}>
      {tabs
        .filter(([name]) => may(name === 'system' ? 'system.read' : 'master.read'))
        .map(([name, to]) => (
          <Link key={name} to={to as never} search={{} as never} activeOptions={{ exact: true, includeSearch: false }} className={`tab${name === at ? ' on' : ''}`}>
            {t(`settings.tabs.${name}`)}
          </Link>
        ))}
    </nav>
  );
}
