// Writes the client's types from what the program itself says of its API: `ordo openapi` -> openapi.json -> schema.d.ts.
// ORDO names the program; without it the newest of build/*/ordo is asked. Neither file is committed, so they cannot lag.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');
const build = join(root, 'build');

function newest() {
  const found = existsSync(build) ? readdirSync(build).map((name) => join(build, name, 'ordo')).filter(existsSync) : [];
  return found.sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs)[0];
}

const program = process.env.ORDO ?? newest();
if (!program) throw new Error('no program: run make first, or say ORDO=path');
const at = join(import.meta.dirname, '../src/shared/api');
const document = execFileSync(program, ['openapi'], { maxBuffer: 64 << 20 });
writeFileSync(join(at, 'openapi.json'), document);
execFileSync(process.execPath, [
  join(import.meta.dirname, '../node_modules/openapi-typescript/bin/cli.js'),
  join(at, 'openapi.json'),
  '-o',
  join(at, 'schema.d.ts'),
]);
