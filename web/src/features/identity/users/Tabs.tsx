import { Link } from '@tanstack/react-router';
import { useTranslation } from '../../../shared/i18n';

const tabs = [
  ['users', '/users'],
  ['roles', '/users/roles'],
  ['keys', '/api-keys'],
] as const;

export function IdentityTabs({ at }: { at: (typeof tabs)[number][0] }) {
  const { t } = useTranslation();
  return (
    <nav className="tabs no-print" aria-label={t('identity.nav')}>
      {tabs.map(([name, to]) => (
        <Link key={name} to={to as never} search={{} as never} activeOptions={{ exact: true, includeSearch: false }} className={`tab${name === at ? ' on' : ''}`}>
          {t(`identity.tabs.${name}`)}
        </Link>
      ))}
    </nav>
  );
}
