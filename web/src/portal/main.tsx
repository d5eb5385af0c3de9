import { createRoot } from 'react-dom/client';
import { startTexts } from '../shared/i18n';
import { Track } from './Track';

const texts = {
  en: () => import('virtual:texts/portal/en'),
  'zh-CN': () => import('virtual:texts/portal/zh-CN'),
  'zh-TW': () => import('virtual:texts/portal/zh-TW'),
};

void startTexts((language) => texts[language]()).then(() => {
  const root = document.getElementById('root');
  if (!root) return;
  // What the server has told stays until the page itself knows.
  if (!root.querySelector('.told')) {
    root.textContent = '';
    createRoot(root).render(<Track />);
    return;
  }
  const own = document.createElement('div');
  createRoot(own).render(
    <Track
      onKnown={() => {
        if (!root.isConnected) return;
        own.id = 'root';
        root.replaceWith(own);
      }}
    />,
  );
});
