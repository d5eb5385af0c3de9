import { useState } from 'react';
import { languageNames, languages, setLanguage, useTranslation } from '../../shared/i18n';
import { getTheme, setTheme, themes } from '../../shared/ui/theme';
import { useOutbox } from '../../shared/offline/outbox';
import type { Place, Session } from './door';
import { signal } from './feedback';
import { Bar, Big } from './parts';

export function Me({ session, place, onBack, onPlace, onOut }: { session: Session; place: Place | null; onBack: () => void; onPlace: () => void; onOut: () => Promise<void> }) {
  const { t, i18n } = useTranslation();
  const [theme, set] = useState(getTheme());
  const { waiting } = useOutbox();
  const [failed, setFailed] = useState(false);
  return (
    <main className="page-floor">
      <Bar title={session.name} onBack={onBack} />
      <section className="middle top stack">
        <Big kind="plain" onClick={onPlace}>
          <span className="two-lines">
            {place?.name}
            <small>{t('floor.me.place')}</small>
          </span>
        </Big>
        <div className="languages" role="group" aria-label={t('common.language')}>
          {languages.map((language) => (
            <button key={language} type="button" lang={language} className="lang" aria-pressed={i18n.language === language} onClick={() => void setLanguage(language)}>
              {languageNames[language]}
            </button>
          ))}
        </div>
        <div className="languages" role="group" aria-label={t('floor.me.theme')}>
          {themes.map((one) => (
            <button
              key={one}
              type="button"
              className="lang"
              aria-pressed={theme === one}
              onClick={() => {
                setTheme(one);
                set(one);
              }}
            >
              {t(`floor.me.theme_${one}`)}
            </button>
          ))}
        </div>
        <div className="pair">
          <Big onClick={() => signal('right')}>{t('floor.me.sound_right')}</Big>
          <Big onClick={() => signal('wrong')}>{t('floor.me.sound_wrong')}</Big>
        </div>
      </section>
      <footer className="thumb">
        {waiting > 0 && <p className="muted">{t('floor.me.waits', { count: waiting })}</p>}
        {failed && (
          <p role="alert" className="bad-text">
            {t('floor.me.out_failed')}
          </p>
        )}
        <Big
          kind="bad"
          onClick={() => {
            setFailed(false);
            void onOut().catch(() => setFailed(true));
          }}
        >
          {t('floor.me.out')}
        </Big>
      </footer>
    </main>
  );
}
