import { createRoot } from 'react-dom/client';
import { startTexts } from '../../shared/i18n';
import { startOutbox } from '../../shared/offline/outbox';
import { startWorker } from '../../shared/offline/register';
import './floor.css';
import { Floor } from './Floor';
import { wakeSound } from './feedback';

const texts = {
  en: () => import('virtual:texts/floor/en'),
  'zh-CN': () => import('virtual:texts/floor/zh-CN'),
  'zh-TW': () => import('virtual:texts/floor/zh-TW'),
};

export async function start() {
  await startTexts((language) => texts[language]());
  document.documentElement.classList.add('floor');
  addEventListener('pointerdown', wakeSound, { once: true });
  startOutbox();
  startWorker();
  const root = document.getElementById('root');
  if (!root) return;
  root.textContent = '';
  createRoot(root).render(<Floor />);
}
