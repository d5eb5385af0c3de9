// Pictures of every screen for docs/screens: `npm run screens`, or `npm run screens -- -g order-desk`.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { dress, test } from './fixtures';
import { screens } from './places';

test.skip(!process.env.ORDO_SCREENS, 'asked for by npm run screens');

const out = join(import.meta.dirname, '../../docs/screens');
const looks = [
  { suffix: '', width: 1440, height: 900, language: 'en', theme: 'light' },
  { suffix: '-dark', width: 1440, height: 900, language: 'zh-CN', theme: 'dark' },
  { suffix: '-phone', width: 390, height: 844, language: 'zh-TW', theme: 'light' },
];

for (const look of looks)
  test.describe(`screens${look.suffix}`, () => {
    test.use({ viewport: { width: look.width, height: look.height } });
    for (const screen of screens)
      test(`picture of ${screen.name}${look.suffix}`, async ({ page, shop }) => {
        mkdirSync(out, { recursive: true });
        await dress(page, look.language, look.theme);
        await page.goto(await screen.path(shop));
        await page.waitForTimeout(1200);
        await page.screenshot({ path: join(out, `${screen.name}${look.suffix}.png`) });
      });
  });
