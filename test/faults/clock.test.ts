import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { hasFaketime, wallClockOf } from '../support/faketime.js';
import { JournalChild } from '../support/journal-child.js';
import { MisbehavingServer } from '../support/misbehaving-server.js';

const describeWithFaketime = hasFaketime() ? describe : describe.skip;

describeWithFaketime('a real wall clock that is set', () => {
  let directory: string;
  let server: MisbehavingServer;
  const children: JournalChild[] = [];

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'nestjs-tracking-'));
    server = await MisbehavingServer.start();
  });

  afterEach(async () => {
    for (const child of children.splice(0)) await child.kill();
    await server.close();
    rmSync(directory, { recursive: true, force: true });
  });

  const set = (offset: string): void => writeFileSync(join(directory, 'clock'), offset);

  async function start(): Promise<JournalChild> {
    const plan = {
      journal: { directory: join(directory, 'var') },
      lanes: { webhook: { url: `${server.url}/events` } },
    };
    const child = new JournalChild(plan, 0, wallClockOf(join(directory, 'clock')));
    children.push(child);
    await child.ready;
    return child;
  }

  it('back by an hour while the process is down: the next process sends its pending events and new ones', async () => {
    set('+0');
    await server.goDown();
    const first = await start();
    await first.ask({ do: 'record', count: 101 });
    await first.kill();
    set('-3600s');
    await server.comeUp();
    const second = await start();
    await second.ask({ do: 'track', count: 1 });
    const { lanes } = await second.idle();
    expect(lanes['webhook']).toMatchObject({ recovered: 101, delivered: 102 });
  }, 60_000);

  it.each(['-3600s', '+3600s'])(
    'by %s while the process lives: all that came before and after is sent',
    async (offset) => {
      set('+0');
      await server.goDown();
      const child = await start();
      await child.ask({ do: 'record', count: 101 });
      set(offset);
      await child.ask({ do: 'record', count: 101 });
      await server.comeUp();
      const { lanes } = await child.idle();
      expect(lanes['webhook']).toMatchObject({ accepted: 202, delivered: 202 });
    },
    60_000,
  );
});
