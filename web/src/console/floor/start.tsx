import { createRoot } from 'react-dom/client';
import { startTexts } from '../../shared/i18n';
import { Bones } from '../../shared/ui/parts';

const texts = {
  en: () => import('virtual:texts/floor/en'),
  'zh-CN': () => import('virtual:texts/floor/zh-CN'),
  'zh-TW': () => import('virtual:texts/floor/zh-TW'),
};

export async function start() {
  await startTexts((language) => texts[language]());
  const root = document.getElementById('root');
  if (root) createRoot(root).render(<Bones />);
}
