// Who is signed in and what is allowed. The server decides again on each request; here it only spares people buttons
// that would be refused.
import { queryOptions, useQuery, useQueryClient, type QueryClient } from '@tanstack/react-query';
import { createContext, useContext, useEffect, type ReactNode } from 'react';
import { api, data, setCsrf, type Schemas } from './client';
import { intents } from './intent';
import { asProblem, type Problem } from './problem';
import { onSeen, tellSeen } from './seen';
import { forgetTyped, typedBy } from './typed';

export type Session = Schemas['SessionInfo'];

export const sessionKey = ['session'] as const;

/** null: nobody is signed in. */
export const sessionQuery = queryOptions({
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

export const useSessionQuery = () => useQuery(sessionQuery);

export async function signIn(login: string, password: string, code?: string): Promise<Session> {
  const session = await data(api.POST('/v1/session', { body: { login, password, ...(code ? { code } : {}) } }));
  setCsrf(session.csrf_token);
  return session;
}

const failed = new Set<(problem: Problem) => void>();
/** Told when signing out did not succeed: one is still signed in. */
export function onSignOutFailed(fn: (problem: Problem) => void): () => void {
  failed.add(fn);
  return () => failed.delete(fn);
}

const CHANNEL = 'ordo-session';

/** Shows the console as who has this role, or as this user, sees it; begins at the start page. */
export async function seeAs(whom: { role: string } | { user: string }) {
  await data(api.POST('/v1/session/see_as', { body: whom }));
  tellSeen();
  location.assign('/');
}

export async function beOneself() {
  await api.DELETE('/v1/session/see_as');
  tellSeen();
  location.reload();
}

/** Signed out, nothing is left in this browser: not what was read, not what was typed, in no tab. */
export function useSignOut() {
  const client = useQueryClient();
  return async () => {
    try {
      // While one sees as somebody else, nothing but the end of that is allowed.
      if (client.getQueryData<Session>(sessionKey)?.see_as) await api.DELETE('/v1/session/see_as');
      await api.DELETE('/v1/session');
    } catch (error) {
      const problem = asProblem(error);
      if (problem.status !== 401) {
        for (const fn of failed) fn(problem);
        return;
      }
    }
    forgetTyped();
    leave(client);
    const others = new BroadcastChannel(CHANNEL);
    others.postMessage('out');
    others.close();
  };
}

function leave(client: QueryClient) {
  setCsrf(undefined);
  intents.clear();
  void client.cancelQueries({ queryKey: sessionKey });
  client.setQueryData(sessionKey, null);
  // The two that tell whether to sign in or to set up are looked at all the time.
  client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== sessionKey[0] && queryKey[0] !== 'setup' });
  client.getMutationCache().clear();
}

/** Leaves where another tab of this browser has signed out; reads anew where one began or ended seeing as somebody else. */
export function useLeaveTogether() {
  const client = useQueryClient();
  useEffect(() => {
    const others = new BroadcastChannel(CHANNEL);
    others.onmessage = () => {
      forgetTyped();
      leave(client);
    };
    const deaf = onSeen(() => location.reload());
    return () => {
      others.close();
      deaf();
    };
  }, [client]);
}

const SessionContext = createContext<Session | null>(null);

export function SessionProvider({ session, children }: { session: Session; children: ReactNode }) {
  typedBy(session.user_id); // before anything below reads what was typed
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
