// A practice of its own: the real server in demo mode, with its ports, its data and its log.
import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Medtech } from './medtech.ts';
import { DATA, LOGS, SERVER, SITE } from './paths.ts';
import { isFree, threePorts } from './ports.ts';
import { findCanaries } from './privacy.ts';

/** What the server logs in production, and what it would log for a developer: neither may name a patient. */
const LEVELS = 'info,clinical_server=debug,clinical_images=debug,clinical_app=debug,alex_simulator=debug';

export class Clinic {
  readonly url: string;
  /** Where browsers put pictures. */
  readonly store: string;
  readonly medtech: Medtech;
  /** What a test typed or saw and no log may hold: codes, notes. */
  readonly secrets = new Set<string>();
  private process?: ChildProcess;
  private ended?: Promise<{ code: number | null; signal: string | null }>;

  private constructor(
    private readonly port: number,
    private readonly data: string,
    readonly log: string,
    private readonly settings: Record<string, string>,
  ) {
    this.url = `http://localhost:${port}`;
    this.store = `http://localhost:${port + 1}`;
    this.medtech = new Medtech(`http://localhost:${port + 2}`);
  }

  static async open(name: string, settings: Record<string, string> = {}): Promise<Clinic> {
    const port = await threePorts();
    fs.mkdirSync(DATA, { recursive: true });
    const data = fs.mkdtempSync(path.join(DATA, 'clinic-'));
    const clinic = new Clinic(port, data, path.join(LOGS, `e2e-server-${name}-${port}.log`), settings);
    fs.writeFileSync(clinic.log, '');
    await clinic.start();
    return clinic;
  }

  /** Starts the server, anew after a kill: same ports, same data. */
  async start(): Promise<void> {
    const log = fs.openSync(this.log, 'a');
    const env = {
      PATH: process.env.PATH,
      DEMO: 'true',
      ADDR: '127.0.0.1',
      PORT: String(this.port),
      DATA_DIR: this.data,
      LOG: LEVELS,
      // The simulator has no gateway to wait for; a test would rather not.
      FILING_QUIET_SECONDS: '2',
      LEPTOS_OUTPUT_NAME: 'clinical',
      LEPTOS_SITE_ROOT: SITE,
      LEPTOS_SITE_PKG_DIR: 'pkg',
      LEPTOS_SITE_ADDR: `127.0.0.1:${this.port}`,
      ...this.settings,
    };
    // A group of its own, so that what it might leave behind can be found.
    const server = spawn(SERVER, [], { env, stdio: ['ignore', log, log], detached: true });
    fs.closeSync(log);
    // Being in a group of its own, it would outlive a test run that is broken off.
    const endWithUs = (): void => void server.kill('SIGKILL');
    process.once('exit', endWithUs);
    server.once('exit', () => process.removeListener('exit', endWithUs));
    this.process = server;
    this.ended = new Promise((resolve) => server.once('exit', (code, signal) => resolve({ code, signal })));
    await this.ready(server);
  }

  /** As a power cut does it. */
  async kill(): Promise<void> {
    this.process?.kill('SIGKILL');
    await this.ended;
  }

  /** Ends the server as a service manager does, and looks whether it went as it should. */
  async close(): Promise<void> {
    const server = this.process;
    if (!server?.pid || !this.ended) return;
    server.kill('SIGTERM');
    const patience = sleep(15_000, undefined, { ref: false }).then(() => undefined);
    const end = await Promise.race([this.ended, patience]);
    if (!end) {
      await this.kill();
      throw new Error(`the server did not end within 15 s of SIGTERM; see ${this.log}`);
    }
    if (end.code !== 0) throw new Error(`the server ended with ${end.code ?? end.signal}; see ${this.log}`);
    if (groupLives(server.pid)) throw new Error('the server left a process running');
    for (const port of [this.port, this.port + 1, this.port + 2]) {
      if (!(await isFree(port))) throw new Error(`port ${port} is still in use after the server ended`);
    }
    this.verifyLog(0);
    fs.rmSync(this.data, { recursive: true, force: true });
  }

  logLength(): number {
    return fs.statSync(this.log).size;
  }

  /** No name, number or note of a patient, no code, from that place of the log on. */
  verifyLog(from: number): void {
    const text = fs.readFileSync(this.log).subarray(from).toString('utf8');
    const found = findCanaries(text, [...this.medtech.identities, ...this.secrets]);
    if (found.length > 0) throw new Error(`the server's log names ${found.join('; ')}; see ${this.log}`);
  }

  private async ready(server: ChildProcess): Promise<void> {
    for (let tries = 0; tries < 300; tries += 1) {
      if (server.exitCode !== null || server.signalCode !== null) {
        throw new Error(`the server did not start: ${fs.readFileSync(this.log, 'utf8').slice(-2000)}`);
      }
      const answer = await fetch(`${this.url}/healthz`).catch(() => undefined);
      if (answer?.status === 200) {
        await this.medtech.learnIdentities();
        return;
      }
      await sleep(50);
    }
    throw new Error(`GET /healthz did not answer 200 within 15 s; see ${this.log}`);
  }
}

function groupLives(leader: number): boolean {
  try {
    process.kill(-leader, 0);
    return true;
  } catch {
    return false;
  }
}
