import { describe, expect, it } from '@jest/globals';
import { JournalChild } from '../support/journal-child.js';
import { JournalDisk } from '../support/journal-disk.js';
import { MisbehavingServer } from '../support/misbehaving-server.js';
import { WEBHOOK } from '../support/platforms.js';
import { Scene } from '../support/tracked-application.js';
import { APP, canActAsOthers, directoryOf, ROOT, type User } from '../support/users.js';

const SECOND = 1_000;
const DIRECTORY = '/var/tracking';

const isAboutSignals = (line: string): boolean => line.includes('SIGTERM');

/** Log lines about a failing disk, before or after the start, in 20 seconds of traffic. */
async function linesOf(fail: (disk: JournalDisk) => unknown, atStart: boolean): Promise<string[]> {
  const scene = new Scene();
  const server = await scene.server();
  const disk = new JournalDisk(scene);
  if (atStart) fail(disk);
  const app = await scene.application({
    destinations: [WEBHOOK.destination(server)],
    options: { buffer: disk.journal({ directory: DIRECTORY }) },
  });
  const traffic = { ms: 100, run: () => void app.track(10) };
  const record = (n: number): Promise<unknown> =>
    scene.ended(app.tracking.record('Paid', { n }, { userId: `user-${n}` }));
  await scene.run(2 * SECOND, traffic);
  if (!atStart) fail(disk);
  await record(-1);
  await scene.run(20 * SECOND, traffic);
  await record(-2);
  return [...scene.log.of('error'), ...scene.log.of('warn')].filter((line) => !isAboutSignals(line));
}

describe('one cause is one line, which names the directory and the remedy', () => {
  it.each<[string, string, string, (disk: JournalDisk) => unknown]>([
    ['a full disk', 'ENOSPC', 'Free disk space', ({ files }) => files.limitFree(0)],
    ['a read-only disk', 'EROFS', 'Mount the file system', ({ files }) => (files.disk.readOnly = true)],
    ...(['EIO', 'EDQUOT', 'EACCES'] as const).map(
      (code): [string, string, string, (disk: JournalDisk) => unknown] => [
        `${code} for every access`,
        code,
        { EIO: 'Check the disk', EDQUOT: 'raise the quota', EACCES: 'write permission' }[code],
        ({ files }) => files.fail(() => true, { code, times: Infinity, does: 'nothing' }),
      ],
    ),
  ])('%s', async (name, code, remedy, fail) => {
    // At the start, an unreadable file is a separate cause.
    for (const atStart of name.endsWith('access') ? [false] : [true, false]) {
      const lines = await linesOf(fail, atStart);
      expect({ atStart, lines }).toEqual({
        atStart,
        lines: [expect.stringContaining(`${DIRECTORY} (${code})`)],
      });
      expect(lines[0]).toContain(remedy);
    }
  });
});

(canActAsOthers() ? describe : describe.skip)('a directory that this user may not use', () => {
  it.each<[string, User, number]>([
    ['a mount of root', ROOT, 0o755],
    ['one without permission to write', APP, 0o500],
  ])('%s: one line names it, the uid and the command that helps', async (_, owner, mode) => {
    const directory = directoryOf(owner, mode);
    const server = await MisbehavingServer.start();
    const lanes = { webhook: { url: `${server.url}/events` } };
    const child = new JournalChild({ journal: { directory: directory.path }, lanes }, 0, {}, APP);
    try {
      await child.ready;
      await child.ask({ do: 'record', count: 5 });
      await new Promise((resolve) => setTimeout(resolve, 4 * SECOND));
      const lines = child.output
        .split('\n')
        .filter((line) => /WARN|ERROR/.test(line) && !isAboutSignals(line));
      expect(lines).toEqual([expect.stringContaining(`cannot write to ${directory.path} (EACCES)`)]);
      expect(lines[0]).toContain(`chown -R ${APP.uid} ${directory.path}`);
    } finally {
      await child.kill();
      await server.close();
      directory.remove();
    }
  });
});
