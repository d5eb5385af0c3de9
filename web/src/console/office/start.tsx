import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { createRoot } from 'react-dom/client';
import { load } from 'virtual:rooms';
import { asProblem } from '../../shared/api/problem';
import { sessionQuery } from '../../shared/api/session';
import { startTexts } from '../../shared/i18n';
import { closeGaps } from './gaps';
import './office.css';
import { router } from './router';
import { loadLocale, Themed } from './theme';

const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      retry: (n, error) => n < 2 && (asProblem(error).away || asProblem(error).status >= 500),
      refetchOnWindowFocus: false,
    },
  },
});

const catalogs = {
  en: () => import('virtual:texts/office/en'),
  'zh-CN': () => import('virtual:texts/office/zh-CN'),
  'zh-TW': () => import('virtual:texts/office/zh-TW'),
};

export async function start() {
  const texts = startTexts(async (language, room) => {
    if (room) return (load[room] as (typeof load)[string])[language]();
    return (await Promise.all([catalogs[language](), loadLocale(language)]))[0];
  });
  // Who is here, and the code of the first screen, are on their way together with the texts.
  void client.prefetchQuery(sessionQuery);
  void router.load();
  await texts;
  const root = document.getElementById('root');
  if (!root) return;
  root.textContent = '';
  closeGaps();
  createRoot(root).render(
    <QueryClientProvider client={client}>
      <Themed>
        <RouterProvider router={router} />
      </Themed>
    </QueryClientProvider>,
  );
}
