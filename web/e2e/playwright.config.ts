import { defineConfig } from '@playwright/test';

// Days at the console, in Debian's Chromium, against the built program with a demo company. `make test` takes what is marked
// @sample; ORDO_LONG=1 everything.
export default defineConfig({
  testDir: '.',
  workers: 1,
  fullyParallel: false,
  timeout: 90_000,
  expect: { timeout: 15_000 },
  reporter: [['line']],
  outputDir: '../test-results',
  ...(process.env.ORDO_LONG ? {} : { grep: /@sample/ }),
  use: {
    browserName: 'chromium',
    viewport: { width: 1440, height: 900 },
    locale: 'en-US',
    timezoneId: 'UTC',
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
    },
    actionTimeout: 15_000,
  },
});
