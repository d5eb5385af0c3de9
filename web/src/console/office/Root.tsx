// Asks who is there: nobody yet (first run), nobody signed in, or somebody.
import { useQuery } from '@tanstack/react-query';
import { Link, Outlet } from '@tanstack/react-router';
import { App } from 'antd';
import { lazy, Suspense, useEffect, useState } from 'react';
import { onSignedOut, readPath } from '../../shared/api/client';
import { onSignOutFailed, SessionProvider, useLeaveTogether, useSessionQuery } from '../../shared/api/session';
import { setZone } from '../../shared/format';
import { useTranslation } from '../../shared/i18n';
import { Bones, Empty, Trouble } from '../../shared/ui';
import { Live } from '../../shared/live';
import { usePreferences } from './preferences';
import { withTexts } from './texts';

const SignIn = lazy(withTexts('identity', () => import('../../features/identity/signin/SignIn')));
const Setup = lazy(withTexts('identity', () => import('../../features/identity/setup/Setup')));
const MfaFirst = lazy(withTexts('identity', () => import('../../features/identity/me/Mfa')));
const Invitation = lazy(withTexts('identity', () => import('../../features/identity/signin/Invitation')));

export function Root() {
  const session = useSessionQuery();
  const [ended, setEnded] = useState(false);
  useEffect(() => onSignedOut(() => setEnded(true)), []);
  const { t } = useTranslation();
  const { message } = App.useApp();
  useEffect(() => onSignOutFailed(() => void message.error(t('office.sign_out_failed'))), [message, t]);
  useLeaveTogether();
  const nobody = session.isSuccess && session.data === null;
  const setup = useQuery({
    queryKey: ['setup'],
    enabled: nobody,
    retry: false,
    queryFn: () => readPath<{ needed: boolean }>('/v1/setup', {}),
  });
  useEffect(() => setZone(session.data?.time_zone), [session.data]);
  usePreferences(session.data?.user_id);

  if (location.pathname === '/invitation')
    return (
      <Suspense fallback={null}>
        <Invitation />
      </Suspense>
    );
  if (session.isPending || (nobody && setup.isPending)) return <Bones />;
  if (session.isError) return <Trouble error={session.error} retry={() => void session.refetch()} />;
  if (!session.data)
    return <Suspense fallback={<Bones />}>{setup.data?.needed ? <Setup /> : <SignIn />}</Suspense>;
  if (session.data.mfa_required)
    return (
      <Suspense fallback={<Bones />}>
        <MfaFirst />
      </Suspense>
    );
  return (
    <SessionProvider session={session.data}>
      <Live>
        <Outlet />
      </Live>
      {ended && (
        <Suspense fallback={null}>
          <SignIn over login={session.data.login} onDone={() => setEnded(false)} />
        </Suspense>
      )}
    </SessionProvider>
  );
}

export function Lost() {
  const { t } = useTranslation();
  return (
    <Empty title={t('office.lost')} action={<Link to={'/' as never}>{t('office.lost_home')}</Link>}>
      {t('office.lost_text')}
    </Empty>
  );
}
