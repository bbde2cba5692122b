// Paths. `./test` sets some by environment; the defaults let `npx playwright test` run by hand.
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
export const TARGET = path.join(ROOT, 'target');
export const FIXTURES = path.join(TARGET, 'fixtures');
export const SCREENS = path.join(TARGET, 'screens');
export const BENCH = path.join(TARGET, 'bench');
export const LOGS = path.join(TARGET, 'log');
/** Data of the servers under test; what a failed test leaves can be looked at. */
export const DATA = path.join(TARGET, 'e2e-data');
export const SERVER = process.env.SERVER ?? path.join(TARGET, 'debug/clinical-server');
export const SITE = process.env.LEPTOS_SITE_ROOT ?? path.join(TARGET, 'site');
