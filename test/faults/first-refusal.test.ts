import { beforeEach, describe, expect, it } from '@jest/globals';
import type { AccountTrouble } from '../../lib/buffer/journal/ownership/pauses.js';
import type { Command } from '../../lib/buffer/journal/ownership/command.js';
import { commandPath } from '../../lib/buffer/journal/ownership/command.js';
import { customDestination } from '../support/custom-destination.js';
import { JournalDisk } from '../support/journal-disk.js';
import type { MisbehavingServer } from '../support/misbehaving-server.js';
import { WEBHOOK } from '../support/platforms.js';
import { Scene } from '../support/tracked-application.js';
import type { TrackedApplication } from '../support/tracked-application.js';

const SECOND = 1_000;
const PROBLEM = {
  status: 400,
  headers: { 'content-type': 'application/problem+json' },
  body: JSON.stringify({ type: 'bad_schema', detail: 'Member event of ann@shop.example is missing' }),
};

let scene: Scene;
let server: MisbehavingServer;

beforeEach(async () => {
  scene = new Scene();
  server = await scene.server();
  server.behave(PROBLEM);
});

const warnings = (): string[] => scene.log.of('warn').filter((text) => text.includes('refused'));

describe('a destination that is answered 400 from its first event on', () => {
  let app: TrackedApplication;

  beforeEach(async () => {
    app = await scene.application({ destinations: [WEBHOOK.destination(server)] });
    app.observe();
    app.tracking.track('Order Completed', { note: 'n' }, { userId: 'ann@shop.example' });
    await scene.until(() => server.requests.length === 1);
    await scene.settled();
  });

  it('is logged with the first answer, without the person in it', () => {
    expect(warnings()).toEqual([
      expect.stringMatching(
        /^Destination 'webhook' refused a request, and has delivered nothing yet \(answer 400 bad_schema: Member event of \*\*\*@\*\*\*\.\*\*\* is missing\)/,
      ),
    ]);
  });

  it('shows the answer in stats() and in lifecycle$', () => {
    const answer = '400 bad_schema: Member event of ann@shop.example is missing';
    expect(app.lane().lastRefusal).toMatchObject({ status: 400, reason: 'refused', answer, count: 1 });
    expect(app.lifecycle.filter(({ type }) => type === 'refused')).toMatchObject([
      { lane: 'webhook', reason: 'refused', answer },
    ]);
  });

  it('is named as the cause when the application closes, not a park or the deadline', async () => {
    await scene.run(25 * SECOND);
    expect(app.lane()).toMatchObject({ parked: null, delivered: 0, pending: 1 });
    await scene.ended(app.close());
    const last = scene.log.of('error').at(-1)!;
    expect(last).toMatch(
      /^Shut down with 1 event not delivered to 'webhook'; with memory\(\) it is lost\. The destination refused all \d+ requests and delivered nothing \(answer 400 bad_schema\)\. /,
    );
    expect(last).not.toMatch(/parked|timeoutMs/);
  });
});

it('of an answer that the destination does not explain, the log shows the text with `keepAnswers`', async () => {
  server.behave({ status: 400, headers: { 'content-type': 'text/plain' }, body: 'member name is missing' });
  for (const [keepAnswers, shown] of [
    ['fields', '400: text/plain, 22 bytes'],
    ['text', '400: member name is missing'],
  ] as const) {
    const app = await scene.application({
      destinations: [customDestination(server, { name: keepAnswers })],
      options: { keepAnswers },
    });
    app.track(1);
    await scene.until(() => app.lane().lastRefusal !== null);
    expect(app.lane().lastRefusal?.answer).toBe(shown);
    expect(warnings().at(-1)).toContain(`Destination '${keepAnswers}' refused`);
    expect(warnings().at(-1)).toContain(`(answer ${shown})`);
  }
});

describe('with a journal, the state of a destination that refuses is on disk', () => {
  const PAUSES = '/var/tracking/pauses.json';
  let disk: JournalDisk;

  beforeEach(() => {
    disk = new JournalDisk(scene);
  });

  const start = (): Promise<TrackedApplication> =>
    scene.application({ destinations: [WEBHOOK.destination(server)], options: { buffer: disk.journal() } });
  const stored = async (): Promise<Partial<AccountTrouble>[]> => {
    const { troubles = [] } = JSON.parse(await disk.files.readText(PAUSES)) as {
      troubles?: AccountTrouble[];
    };
    return troubles;
  };
  /** A first event that is refused. */
  const refusedOnce = async (): Promise<TrackedApplication> => {
    const app = await start();
    app.tracking.track('Order Completed', {}, { userId: 'ann@shop.example' });
    await scene.until(() => app.lane().lastRefusal !== null);
    await scene.settled();
    return app;
  };

  it('from the first refusal on, without the person, and with the last count after the end of the process', async () => {
    const app = await refusedOnce();
    const answer = '400 bad_schema: Member event of ***@***.*** is missing';
    expect(await stored()).toMatchObject([
      { parked: null, lastRefusal: { status: 400, reason: 'refused', answer, count: 1 } },
    ]);
    await scene.run(25 * SECOND);
    await scene.ended(app.close());
    const { count } = app.lane().lastRefusal!;
    expect(count).toBeGreaterThan(2);
    expect(await stored()).toMatchObject([{ lastRefusal: { count } }]);
    expect(await disk.files.readText(PAUSES)).not.toContain('ann');
    expect(scene.log.of('log').at(-1)).toMatch(
      /^Shut down with 1 event not delivered to 'webhook': it stays in the journal and is sent after the next start\. The destination refused all \d+ requests/,
    );
  });

  it('with the park', async () => {
    server.behave(401);
    const app = await start();
    app.track(1);
    await scene.until(() => app.lane().parked !== null);
    await scene.settled();
    expect(await stored()).toMatchObject([
      { parked: { reason: 'unauthorized' }, lastRefusal: { status: 401, answer: '401' } },
    ]);
  });

  it('until the next process has delivered something', async () => {
    const first = await refusedOnce();
    await scene.ended(first.close());
    server.behave(200);
    const next = await start();
    await scene.until(next.idle);
    await scene.settled();
    expect(await stored()).toEqual([]);
  });

  it('beside the state of other accounts and the pauses', async () => {
    const first = await refusedOnce();
    await scene.ended(first.close());
    server.behave({ status: 429, headers: { 'retry-after': '120' } });
    const other = await scene.application({
      destinations: [customDestination(server)],
      options: { buffer: disk.journal() },
    });
    other.track(1);
    await scene.until(() => server.requests.at(-1)!.path === '/custom');
    await scene.settled();
    expect(await stored()).toHaveLength(1);
    const { pauses } = JSON.parse(await disk.files.readText(PAUSES)) as { pauses: object[] };
    expect(pauses).toHaveLength(1);
  });
});

it('a dead letter that is sent again alone ends as a dead letter with the new answer, and does not park the lane', async () => {
  const disk = new JournalDisk(scene);
  server.behave(({ body }) => (body.includes('poison') ? { status: 400, body: '{"code":"first"}' } : 200));
  const app = await scene.application({
    destinations: [WEBHOOK.destination(server, { batch: { maxEvents: 1 } })],
    options: { buffer: disk.journal() },
  });
  app.track(1, { note: 'poison' });
  await scene.until(() => app.lane().lastRefusal !== null);
  app.track(2);
  await scene.until(() => app.lane().dead === 1);
  server.behave({ status: 422, body: '{"code":"second"}' });
  const command: Command = {
    id: 'retry-1',
    kind: 'dead.retry',
    at: new Date(scene.clock.now()).toISOString(),
    payload: { filter: {} },
  };
  const folder = app.stats().journal!.folder!;
  await scene.ended(disk.files.writeText(commandPath(folder, command.id), JSON.stringify(command)));
  await scene.until(() => app.lane().redriven === 1 && app.lane().pending === 0, 60 * SECOND);
  expect(app.lane()).toMatchObject({
    dead: 1,
    delivered: 2,
    parked: null,
    lastRefusal: { answer: '422 second' },
  });
  await scene.until(() => disk.files.text(`${folder}/dead.jsonl`).includes('"answer":"422 second"'));
});
