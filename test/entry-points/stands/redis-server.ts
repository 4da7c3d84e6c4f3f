import { spawn, type ChildProcess } from 'node:child_process';
import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

/** A port that was free a moment ago may be somebody else's now. */
const TRIES = 5;
const START_MS = 20_000;

/** Where `redis-server` is installed; undefined where it is not. */
function installed(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, 'redis-server')).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** A Redis of one's own: nothing is kept, nobody else is on it. */
export class RedisServer {
  private constructor(
    readonly port: number,
    private readonly folder: string,
    private readonly server: ChildProcess,
  ) {
    process.once('exit', this.#kill);
  }

  /** What is missing to start one, and how to come by it; undefined: nothing. */
  static missing(): string | undefined {
    if (installed() !== undefined) return undefined;
    return 'redis-server is not on the PATH: install it with `apt-get install redis-server` or `brew install redis`';
  }

  static async start(): Promise<RedisServer> {
    const binary = installed();
    if (binary === undefined) throw new Error(RedisServer.missing());
    let said = '';
    for (let tries = 0; tries < TRIES; tries++) {
      const port = await freePort();
      const folder = mkdtempSync(join(tmpdir(), 'nestjs-tracking-redis-'));
      const alone = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder];
      const server = spawn(binary, [...alone, '--save', '', '--appendonly', 'no'], {
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      said = await untilReady(server);
      if (server.exitCode === null && !server.killed) return new RedisServer(port, folder, server);
      rmSync(folder, { recursive: true, force: true });
    }
    throw new Error(`redis-server does not start:\n${said}`);
  }

  async stop(): Promise<void> {
    process.off('exit', this.#kill);
    if (this.server.exitCode === null) {
      const exited = new Promise((resolve) => this.server.once('exit', resolve));
      // Nothing has to be saved.
      this.server.kill('SIGKILL');
      await exited;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  readonly #kill = (): void => void this.server.kill('SIGKILL');
}

/** What it said until it was ready, or had ended, or was too slow. */
function untilReady(server: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    let said = '';
    const tooSlow = setTimeout(() => void server.kill('SIGKILL'), START_MS);
    const end = (): void => {
      clearTimeout(tooSlow);
      resolve(said);
    };
    server.stdout!.on('data', (chunk: Buffer) => {
      said = `${said}${chunk.toString('utf8')}`.slice(-4_096);
      if (said.includes('Ready to accept connections')) end();
    });
    server.once('exit', end);
    server.once('error', end);
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
