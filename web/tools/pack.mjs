// Packs a built console into one file for the binary: pack.mjs DIST OUT.
//
// A head of text, then the files' bytes. Head: a line "ordo-web 1", a line a file "PATH TYPE ENCODING OFFSET LENGTH ETAG"
// (offset within the bytes; encoding gzip or identity), an empty line. Sorted by path; the same input gives the same bytes.
//
// The customer's page is kept as it is, since the server writes the status into it, and `told/LANG` (no address leads there) has
// the words for that out of the portal's catalogs: a line "KEY<tab>TEXT" each.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { extname, join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';

const types = {
  '.html': 'text/html;charset=utf-8',
  '.js': 'text/javascript;charset=utf-8',
  '.css': 'text/css;charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.wasm': 'application/wasm',
  '.png': 'image/png',
};

const told = ['head', 'state', 'title', 'page_title', 'number', 'unknown', 'unknown_text'];
const catalogs = join(import.meta.dirname, '../src/portal/i18n');
/** `{ head: { soon: "Your order" } }` as `head.soon<tab>Your order`. */
const flat = (texts, at = '') => Object.entries(texts).flatMap(([key, text]) => (typeof text === 'string' ? [`${at}${key}\t${text}\n`] : flat(text, `${at}${key}.`)));
const toldIn = (language) => {
  const texts = JSON.parse(readFileSync(join(catalogs, `${language}.json`), 'utf8'));
  return Buffer.from(flat(Object.fromEntries(told.map((key) => [key, texts[key]]))).join(''));
};

const [dist, out] = process.argv.slice(2);
const files = readdirSync(dist, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
  .filter((file) => !relative(dist, file).startsWith('.vite'))
  .sort();

const lines = ['ordo-web 1'];
const parts = [];
let offset = 0;
function add(path, type, bytes, asItIs) {
  const packed = gzipSync(bytes, { level: 9 });
  const smaller = !asItIs && packed.length < bytes.length;
  const kept = smaller ? packed : bytes;
  const etag = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
  lines.push([path, type, smaller ? 'gzip' : 'identity', offset, kept.length, etag].join(' '));
  parts.push(kept);
  offset += kept.length;
}
for (const file of files) {
  const type = types[extname(file)];
  if (!type) throw new Error(`${file}: no media type for it in pack.mjs`);
  add(`/${relative(dist, file)}`, type, readFileSync(file), relative(dist, file) === 'portal.html');
}
for (const language of ['en', 'zh-CN', 'zh-TW']) add(`told/${language}`, 'text/plain;charset=utf-8', toldIn(language), true);
writeFileSync(out, Buffer.concat([Buffer.from(`${lines.join('\n')}\n\n`), ...parts]));
