// Who is signed in and what is allowed. The server decides again on each request; here it only spares people buttons
// that would be refused.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { createContext, useContext, type ReactNode } from 'react';
import { api, data, setCsrf, type Schemas } from './client';
import { asProblem } from './problem';

export type Session = Schemas['SessionInfo'];

export const sessionKey = ['session'] as const;

/** null: nobody is signed in. */
export function useSessionQuery() {
  return useQuery({
    queryKey: sessionKey,
    staleTime: Infinity,
    retry: (n, error) => asProblem(error).away && n < 5,
    queryFn: async (): Promise<Session | null> => {
      try {
        const session = await data(api.GET('/v1/session'));
        setCsrf(session.csrf_token);
        return session;
      } catch (error) {
        if (asProblem(error).status === 401) return null;
        throw error;
      }
    },
  });
}

export async function signIn(login: string, password: string): Promise<Session> {
  const session = await data(api.POST('/v1/session', { body: { login, password } }));
  setCsrf(session.csrf_token);
  return session;
}

export function useSignOut() {
  const client = useQueryClient();
  return async () => {
    await api.DELETE('/v1/session').catch(() => undefined);
    setCsrf(undefined);
    client.clear();
    client.setQueryData(sessionKey, null);
  };
}

const SessionContext = createContext<Session | null>(null);

export function SessionProvider({ session, children }: { session: Session; children: ReactNode }) {
  return <SessionContext value={session}>{children}</SessionContext>;
}

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error('no session here');
  return session;
}

/** Whether the user may: `const may = useMay(); may('order.cancel')`. */
export function useMay(): (permission: string) => boolean {
  const { permissions } = useSession();
  return (permission) => permissions.includes(permission);
}
