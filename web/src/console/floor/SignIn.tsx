// Who works here: the badge under the scanner and a PIN; or login and password.
import { useState, type FormEvent } from 'react';
import { asProblem } from '../../shared/api/problem';
import { languageNames, languages, setLanguage, useTranslation } from '../../shared/i18n';
import { signIn, type Session } from './door';
import { Big, Network } from './parts';
import { signal, wakeSound } from './feedback';
import { useScanner } from './wedge';

export function SignIn({ onDone }: { onDone: (session: Session) => void }) {
  const { t, i18n } = useTranslation();
  const [way, setWay] = useState<'badge' | 'login'>('badge');
  const [badge, setBadge] = useState('');
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<string>();
  useScanner((code) => {
    setBadge(code);
    signal('right');
    document.getElementById('pin')?.focus();
  }, way === 'badge');

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    wakeSound();
    const given = new FormData(event.currentTarget);
    const text = (name: string) => String(given.get(name) ?? '').trim();
    setBusy(true);
    setTrouble(undefined);
    try {
      onDone(await signIn(way === 'badge' ? { badge: text('badge'), pin: text('pin') } : { login: text('login'), password: String(given.get('password') ?? '') }));
    } catch (error) {
      signal('wrong');
      const { code } = asProblem(error);
      setTrouble(code === 'unauthenticated' ? t(`floor.signin.wrong_${way}`) : t(`error.${code}`, { defaultValue: t('error.other', { code }) }));
    } finally {
      setBusy(false);
    }
  };
  return (
    <main className="page-floor">
      <header className="bar">
        <h1>{t('floor.signin.title')}</h1>
        <Network />
      </header>
      <form className="middle left typing" onSubmit={(event) => void submit(event)}>
        {way === 'badge' ? (
          <>
            <p className="large">{t('floor.signin.scan_badge')}</p>
            <label>
              <span>{t('floor.signin.badge')}</span>
              <input name="badge" required value={badge} onChange={(event) => setBadge(event.target.value)} autoComplete="username" autoCapitalize="characters" spellCheck={false} />
            </label>
            <label>
              <span>{t('floor.signin.pin')}</span>
              <input id="pin" name="pin" type="password" required inputMode="numeric" autoComplete="current-password" />
            </label>
          </>
        ) : (
          <>
            <label>
              <span>{t('floor.signin.login')}</span>
              <input name="login" required autoComplete="username" autoCapitalize="none" spellCheck={false} />
            </label>
            <label>
              <span>{t('floor.signin.password')}</span>
              <input name="password" type="password" required autoComplete="current-password" />
            </label>
          </>
        )}
        <p className="bad-text" role="alert">
          {trouble}
        </p>
        <button type="submit" className="big main" disabled={busy}>
          {busy ? t('common.loading') : t('floor.signin.go')}
        </button>
        <Big
          onClick={() => {
            setWay(way === 'badge' ? 'login' : 'badge');
            setTrouble(undefined);
          }}
        >
          {way === 'badge' ? t('floor.signin.by_login') : t('floor.signin.by_badge')}
        </Big>
        <div className="languages" role="group" aria-label={t('common.language')}>
          {languages.map((language) => (
            <button key={language} type="button" lang={language} className="lang" aria-pressed={i18n.language === language} onClick={() => void setLanguage(language)}>
              {languageNames[language]}
            </button>
          ))}
        </div>
      </form>
    </main>
  );
}
