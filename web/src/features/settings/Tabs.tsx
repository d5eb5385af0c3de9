import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useMay } from '../../shared/api/session';
import { useTranslation } from '../../shared/i18n';

const tabs = [
  ['general', '/settings'],
  ['series', '/settings/series'],
  ['rules', '/settings/rules'],
  ['tax', '/settings/tax'],
  ['webhooks', '/settings/webhooks'],
  ['system', '/system'],
] as const;

const needs: Partial<Record<string, string>> = { system: 'system.read', webhooks: 'webhook.read' };

type At = (typeof tabs)[number][0];

/** A screen of the settings: its head, its tabs, what it shows. */
export function SettingsScreen({ at, title = 'settings.title', actions, className = '', children }: { at: At; title?: string; actions?: ReactNode; className?: string; children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <div className={at === 'system' ? 'screen page' : 'screen'}>
      <header className="screen-head">
        <h1>{t(title)}</h1>
        {actions && <span className="grow" />}
        {actions}
      </header>
      <SettingsTabs at={at} />
      <div className={`screen-body ${className}`}>{children}</div>
    </div>
  );
}

export function SettingsTabs({ at }: { at: At }) {
  const { t } = useTranslation();
  const may = useMay();
  return (
    <nav className="tabs no-print" aria-label={t('settings.title')}>
      {tabs
        .filter(([name]) => may(needs[name] ?? 'master.read'))
        .map(([name, to]) => (
          <Link key={name} to={to as never} search={{} as never} activeOptions={{ exact: true, includeSearch: false }} className={`tab${name === at ? ' on' : ''}`}>
            {t(`settings.tabs.${name}`)}
          </Link>
        ))}
    </nav>
  );
}
