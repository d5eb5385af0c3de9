// What stands around the pages before anybody is signed in: brand, and the choice of language.
import { useState, type ReactNode } from 'react';
import { Button, Input, Tooltip } from 'antd';
import { EyeInvisibleOutlined, EyeOutlined } from '@ant-design/icons';
import { languageNames, languages, setLanguage, useTranslation } from '../../../shared/i18n';
import '../identity.css';

function Languages() {
  const { t, i18n } = useTranslation();
  return (
    <div className="door-foot" role="group" aria-label={t('common.language')}>
      {languages.map((one) => (
        <button key={one} type="button" lang={one} aria-pressed={i18n.language === one} onClick={() => void setLanguage(one)}>
          {languageNames[one]}
        </button>
      ))}
    </div>
  );
}

export function Door({ broad = false, children }: { broad?: boolean; children: ReactNode }) {
  return (
    <main className="door">
      <div className={`door-card${broad ? ' broad' : ''}`}>
        <div className="door-brand">
          <svg width="28" height="28" viewBox="0 0 32 32" aria-hidden="true">
            <rect width="32" height="32" rx="8" fill="var(--accent)" />
            <path d="M16 6.5a9.5 9.5 0 1 0 9.5 9.5" fill="none" stroke="var(--on-accent)" strokeWidth="3.2" strokeLinecap="round" />
            <path d="m11.5 16 3.4 3.4L25 8.8" fill="none" stroke="var(--on-accent)" strokeWidth="3.2" strokeLinecap="round" strokeLinejoin="round" />
          </svg>
          Ordo
        </div>
        {children}
      </div>
      <Languages />
    </main>
  );
}

/** A password that may be looked at, pasted and filled in by a password manager. */
export function PasswordInput({ value, onChange, id, fresh = false, autoFocus = false }: { value?: string; onChange?: (value: string) => void; id?: string; fresh?: boolean; autoFocus?: boolean }) {
  const { t } = useTranslation();
  const [seen, setSeen] = useState(false);
  const label = t(seen ? 'identity.hide' : 'identity.show');
  return (
    <div className="row">
      <Input
        {...(id ? { id } : {})}
        name={fresh ? 'new-password' : 'password'}
        type={seen ? 'text' : 'password'}
        autoComplete={fresh ? 'new-password' : 'current-password'}
        autoFocus={autoFocus}
        maxLength={200}
        spellCheck={false}
        value={value ?? ''}
        onChange={(event) => onChange?.(event.target.value)}
      />
      <Tooltip title={label}>
        <Button aria-label={label} aria-pressed={seen} icon={seen ? <EyeInvisibleOutlined aria-hidden /> : <EyeOutlined aria-hidden />} onClick={() => setSeen(!seen)} />
      </Tooltip>
    </div>
  );
}

/** What an authenticator app shows, or a recovery code: phones and password managers fill it in. */
export function CodeInput({ value, onChange, id, autoFocus = false }: { value?: string; onChange?: (value: string) => void; id?: string; autoFocus?: boolean }) {
  return (
    <Input
      {...(id ? { id } : {})}
      name="code"
      className="mono"
      autoComplete="one-time-code"
      inputMode="text"
      autoCapitalize="none"
      autoFocus={autoFocus}
      spellCheck={false}
      maxLength={40}
      value={value ?? ''}
      onChange={(event) => onChange?.(event.target.value)}
    />
  );
}
