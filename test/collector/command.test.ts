import { describe, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PLATFORMS } from '../../lib/collector/platforms/platforms.js';
import { commandLine, type Ended } from '../cli/command-line.js';

/** Runs the command until its first output, calls the function, and ends the command. */
async function running(argv: readonly string[], during?: (out: string) => Promise<void>): Promise<Ended> {
  const ending = new AbortController();
  let onStart: (out: string) => void = () => {};
  const started = new Promise<string>((resolve) => (onStart = resolve));
  const ended = commandLine(['collector', ...argv], { signal: ending.signal, onOut: onStart });
  const out = await Promise.race([started, ended.then(() => undefined)]);
  try {
    if (out !== undefined) await during?.(out);
  } finally {
    ending.abort();
  }
  return await ended;
}

describe('the collector command', () => {
  test('prints its page, and for each platform the option to set', async () => {
    const { code, out } = await running(['--port', '0']);
    expect(code).toBe(0);
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(out)![0];
    expect(out).toContain(`segment({ …, endpoint: '${url}/segment' })\n`);
    expect(out.match(/^ {2}\w+\(/gm)).toHaveLength(PLATFORMS.length);
    expect(out).toContain('Ctrl-C');
  });

  test('prints one line of JSON for scripts', async () => {
    const { out, err } = await running(['--port', '0', '--json', '--only', 'Segment']);
    expect(out.split('\n')).toHaveLength(2);
    const { url, platforms } = JSON.parse(out) as { url: string; platforms: Record<string, string> };
    expect(platforms).toEqual({ segment: `${url}/segment` });
    expect(err).toBe('');
  });

  test('names the port in use, and suggests another', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const { code, err, out } = await running(['--port', String(port)]);
    server.close();
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toBe(
      `Port ${port} is in use, perhaps by another collector. Nothing was started. End that process, or use another port: --port 0 chooses a free one.\n`,
    );
  });

  test.each([
    [['--port', '70000'], 'from 0 to 65535'],
    [['--port', 'x'], 'from 0 to 65535'],
    [
      ['--only', 'segment,postog'],
      "--only: 'postog' is not the name of a platform. Nothing was started. Choose",
    ],
    [['--only', ''], 'Choose from'],
    [['--fail', 'error', '--fail', 'eror'], "--fail: 'eror' is not a preset. Nothing was started. "],
    [['--only', 'segment', '--fail', 'posthog:error'], "--fail: 'posthog:error' is not a preset"],
    [['--port', '0', '--host', '192.0.2.1'], 'is not an address of this machine'],
    [['--port', '0', '--host', ''], '--host: the address is empty. Nothing was started. '],
  ])('refuses %j with a sentence', async (argv, sentence) => {
    const { code, out, err } = await running(argv);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(sentence);
  });

  test('answers with the presets of --fail, and reports problems on stderr', async () => {
    const { out, err } = await running(
      ['--port', '0', '--json', '--fail', 'segment:503', '--fail', 'cut:10%'],
      async (started) => {
        const { url, platforms } = JSON.parse(started) as { url: string; platforms: { segment: string } };
        const answers = await (await fetch(`${url}/_collector/answers`)).json();
        expect(answers).toEqual([
          { answer: { status: 503 }, platform: 'segment' },
          { answer: 'cut', share: 0.1 },
        ]);
        expect((await fetch(`${platforms.segment}/v1/batch`, { method: 'POST', body: '{}' })).status).toBe(
          503,
        );
        expect((await fetch(`${url}/v1/batch`, { method: 'POST', body: '{}' })).status).toBe(404);
      },
    );
    expect(out.split('\n')).toHaveLength(2);
    expect(err).toMatch(/^A request has no platform in its path\. .*segment\(\{ endpoint: '[^\n]*\n$/);
  });

  test('warns if others can reach it', async () => {
    const { err } = await running(['--port', '0', '--host', '0.0.0.0']);
    expect(err).toMatch(/^WARNING: everyone who can reach 0\.0\.0\.0 .* can read all events/);
    expect((await running(['--port', '0'])).err).toBe('');
  });

  test.each(['SIGINT', 'SIGTERM'] as const)(
    'ends with code 0 at %s, also while a request hangs',
    async (signal) => {
      const root = fileURLToPath(new URL('../../', import.meta.url));
      const argv = [
        '--import',
        join(root, 'test/support/child/typescript.mjs'),
        join(root, 'lib/cli/main.ts'),
      ];
      const child = spawn(process.execPath, [...argv, 'collector', '--port', '0', '--json'], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const ended = once(child, 'close');
      const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
      const { url, platforms } = JSON.parse(line) as { url: string; platforms: Record<string, string> };
      await fetch(`${url}/_collector/answers`, { method: 'POST', body: '{"answer":"hang"}' });
      const hanging = fetch(`${platforms['segment']}/v1/batch`, { method: 'POST', body: '{"batch":[]}' });
      const failed = expect(hanging).rejects.toThrow();
      for (;;) {
        const stats = (await (await fetch(`${url}/_collector/stats`)).json()) as {
          platforms: { requests: number }[];
        };
        if (stats.platforms.some(({ requests }) => requests > 0)) break;
      }
      child.kill(signal);
      expect(await ended).toEqual([0, null]);
      await failed;
    },
  );
});
