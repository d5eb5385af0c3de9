// "Somebody is here, too": says every few seconds that this order is on the screen, and shows who else has it open.
import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { sendPath } from '../api/client';
import { useSession } from '../api/session';
import { time } from '../format';
import { useTranslation } from '../i18n';
import { StatusTag } from '../ui';

const ASK_MS = 10_000;

interface Here {
  others: { name: string; since: string }[];
}

const listed = (names: string[], language: string) => new Intl.ListFormat(language, { style: 'short', type: 'unit' }).format(names);

export function Presence({ order }: { order: string }) {
  const { t, i18n } = useTranslation();
  const path = `/v1/orders/${order}/presence`;
  // Who sees as somebody else leaves no trace as himself.
  const oneself = !useSession().see_as;
  const here = useQuery({
    queryKey: ['presence', order],
    enabled: oneself,
    // Nobody looks at a page in the background.
    refetchInterval: ASK_MS,
    refetchIntervalInBackground: false,
    refetchOnWindowFocus: 'always',
    staleTime: 0,
    gcTime: 0,
    retry: false,
    queryFn: () => sendPath<Here>('PUT', path),
  });
  useEffect(
    () => () => {
      if (oneself) void sendPath('DELETE', path).catch(() => undefined);
    },
    [oneself, path],
  );
  const others = here.data?.others ?? [];
  return (
    <span role="status" className="presence no-print" title={others.map(({ name, since }) => t('record.here_since', { name, time: time(since) })).join('\n') || undefined}>
      {others.length > 0 && <StatusTag tone="warn">{t('record.here', { names: listed(others.map(({ name }) => name), i18n.language) })}</StatusTag>}
    </span>
  );
}
