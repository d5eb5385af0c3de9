import { startTexts } from '../shared/i18n';

const texts = {
  en: () => import('virtual:texts/portal/en'),
  'zh-CN': () => import('virtual:texts/portal/zh-CN'),
  'zh-TW': () => import('virtual:texts/portal/zh-TW'),
};

void startTexts((language) => texts[language]());
