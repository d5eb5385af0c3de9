import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { catalogs } from './tools/catalogs';

// Where `npm run dev` finds a running `ordo serve`.
const server = process.env.ORDO_URL ?? 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [react(), catalogs()],
  resolve: { alias: { '@': `${import.meta.dirname}/src` } },
  build: {
    target: ['chrome120', 'firefox121', 'safari17'],
    manifest: true,
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1500,
    rolldownOptions: {
      input: { console: 'index.html', portal: 'portal.html', sw: 'src/shared/offline/sw.ts' },
      output: {
        // The service worker keeps its name: its address is its identity.
        entryFileNames: (chunk) => (chunk.name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js'),
      },
    },
  },
  worker: { format: 'es' },
  server: { proxy: { '/v1': server, '/docs': server } },
});
