// Before all tests: the files that phones and desktops pick are drawn, and what is needed is there.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { PHOTOS } from './files.ts';
import { FIXTURES, LOGS, ROOT, SERVER, SITE } from './paths.ts';

export default function setup(): void {
  fs.mkdirSync(LOGS, { recursive: true });
  for (const needed of [SERVER, path.join(SITE, 'pkg/clinical.wasm')]) {
    if (!fs.existsSync(needed)) throw new Error(`${needed} is missing; ./test site builds it`);
  }
  if (!drawn()) {
    const cargo = ['run', '--locked', '--quiet', '-p', 'clinical-images', '--features', 'codec,service'];
    execFileSync('cargo', [...cargo, '--example', 'draw_fixtures', '--', FIXTURES], { cwd: ROOT, stdio: 'inherit' });
  }
}

/** Whether every file is there and younger than what draws it. */
function drawn(): boolean {
  const files = Object.values(PHOTOS);
  if (!files.every((file) => fs.existsSync(file))) return false;
  const oldest = Math.min(...files.map((file) => fs.statSync(file).mtimeMs));
  return sources().every((source) => fs.statSync(source).mtimeMs < oldest);
}

function sources(): string[] {
  const fixtures = path.join(ROOT, 'tests/fixtures');
  const parts = fs.readdirSync(fixtures).filter((name) => name.endsWith('.rs'));
  return [path.join(ROOT, 'examples/draw_fixtures/main.rs'), ...parts.map((name) => path.join(fixtures, name))];
}
