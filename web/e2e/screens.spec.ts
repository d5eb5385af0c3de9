// Pictures of every screen for docs/screens, and the list of them: `npm run screens`, or `npm run screens -- -g order-desk`.
// ORDO_SCREENS=FOLDER puts them elsewhere; ORDO_LOOKS=contrast,print takes looks that are looked at and not kept.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { catalog, type Shell } from '../tools/catalogs';
import { dress, expect, test } from './fixtures';
import { screens, states, type Place } from './places';
import { shrink } from './shrink';

test.skip(!process.env.ORDO_SCREENS, 'asked for by npm run screens');

const root = join(import.meta.dirname, '..');
const asked = process.env.ORDO_SCREENS ?? '1';
const out = asked === '1' ? join(root, '../docs/screens') : asked;

interface Look {
  id: string;
  suffix: string;
  width: number;
  height: number;
  language: string;
  theme: string;
  media?: 'print';
  kept: (place: Place) => boolean;
}
const looks: readonly Look[] = [
  { id: 'desk', suffix: '', width: 1440, height: 900, language: 'en', theme: 'light', kept: (place) => !place.floor },
  { id: 'dark', suffix: '-dark', width: 1440, height: 900, language: 'zh-CN', theme: 'dark', kept: (place) => !place.floor && place.dark !== false },
  { id: 'phone', suffix: '-phone', width: 390, height: 844, language: 'zh-TW', theme: 'light', kept: (place) => place.phone === true },
  { id: 'phone-en', suffix: '-phone-en', width: 390, height: 844, language: 'en', theme: 'light', kept: (place) => place.floor === true },
];
/** To be looked at: not kept. */
const others: readonly Look[] = [
  { id: 'contrast', suffix: '-contrast', width: 1440, height: 900, language: 'zh-TW', theme: 'contrast', kept: () => true },
  { id: 'small', suffix: '-small', width: 320, height: 720, language: 'en', theme: 'light', kept: () => true },
  { id: 'print', suffix: '-print', width: 794, height: 1123, language: 'en', theme: 'light', media: 'print', kept: () => true },
];
const chosen = process.env.ORDO_LOOKS ? [...looks, ...others].filter((look) => process.env.ORDO_LOOKS?.split(',').includes(look.id)).map((look) => ({ ...look, kept: () => true })) : looks;

/** The words of a language, so that what is pressed is found in each. */
function words(shell: Shell, language: string): (key: string) => string {
  const all = catalog(shell, language);
  return (key) => {
    const text = key.split('.').reduce<unknown>((at, part) => (at as Record<string, unknown> | undefined)?.[part], all);
    if (typeof text !== 'string') throw new Error(`no text ${key}`);
    return text;
  };
}

const picture = (place: Place, look: Look) => `${place.name}${look.suffix}.png`;
const places = [...screens, ...states];

for (const look of chosen)
  for (const place of places.filter(look.kept))
    test.describe(`screens${look.suffix}`, () => {
      test.use({ viewport: { width: look.width, height: look.height }, guest: place.guest ?? false, contextOptions: { reducedMotion: 'reduce' } });
      test(`picture of ${place.name}${look.suffix}`, async ({ page, shop }) => {
        mkdirSync(out, { recursive: true });
        await dress(page, look.language, look.theme);
        const path = await place.path(shop);
        await page.goto(path);
        await expect(page.getByRole('heading').first()).toBeVisible();
        await settled(page);
        if (place.act) {
          await place.act(page, { say: words(place.floor ? 'floor' : 'office', look.language), shop });
          await settled(page);
        }
        if (look.media) await page.emulateMedia({ media: look.media });
        writeFileSync(join(out, picture(place, look)), shrink(await page.screenshot({ animations: 'disabled', fullPage: look.media === 'print' })));
      });
    });

/** Nothing is loaded or moved any more. */
async function settled(page: Page) {
  await expect(page.locator('.bones, .bone, .map-wait, .ant-spin-spinning, .ant-btn-loading')).toHaveCount(0);
  await expect
    .poll(() => page.evaluate(async () => {
      const look = () => document.body.innerText.length + document.querySelectorAll('*').length * 1e6;
      const before = look();
      await new Promise((done) => setTimeout(done, 250));
      return look() === before && document.getAnimations().every((one) => one.playState !== 'running' || one.effect?.getTiming().iterations === Infinity);
    }))
    .toBe(true);
}

test('the list of pictures', () => {
  const lines = places.map((place) => {
    const links = looks.filter((look) => look.kept(place)).map((look) => `[${look.id}](${picture(place, look)})`);
    return `| ${place.name} | ${place.title} | ${links.join(' · ')} |`;
  });
  writeFileSync(
    join(out, 'README.md'),
    `# Pictures of every screen

Made by \`npm run screens\` (web/e2e/screens.spec.ts) from the demo company, and looked at. This list is written by the same run from
web/e2e/places.ts. Desk: English, light. Dark: zh-CN. Phone: zh-TW.

| screen | what it shows | pictures |
|---|---|---|
${lines.join('\n')}
`,
  );
});
