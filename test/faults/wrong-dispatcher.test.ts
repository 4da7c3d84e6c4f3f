import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Agent } from 'undici';
import * as undici6 from 'undici6';
import { customDestination, numberOf } from '../support/custom-destination.js';
import { JournalDisk } from '../support/journal-disk.js';
import type { MisbehavingServer } from '../support/misbehaving-server.js';
import { WEBHOOK } from '../support/platforms.js';
import { Scene, storedNumbers } from '../support/tracked-application.js';

let scene: Scene;
let server: MisbehavingServer;
let disk: JournalDisk;

beforeEach(async () => {
  scene = new Scene();
  server = await scene.server();
  disk = new JournalDisk(scene);
});

const parkedLines = (): string[] => scene.log.of('error').filter((text) => text.includes('is parked'));

describe('a wrong dispatcher that the check at start cannot detect', () => {
  it('an Agent of undici 6 with interceptors parks the lane, and everything is delivered after a restart with a right one', async () => {
    const dispatcher = new undici6.Agent().compose(undici6.interceptors.dns());
    const app = await scene.application({
      destinations: [WEBHOOK.destination(server, { dispatcher: dispatcher as unknown as Agent })],
      options: { buffer: disk.journal() },
    });
    app.track(501);
    await scene.run(600_000, { ms: 60_000, run: () => app.track(1) });
    expect(app.lane()).toMatchObject({
      parked: 'misconfigured',
      dead: 0,
      delivered: 0,
      attempts: 0,
      retries: 0,
    });
    expect(parkedLines()).toEqual([
      expect.stringMatching(
        /^Destination 'webhook' is parked \(misconfigured\): .*UND_ERR_INVALID_ARG.*`dispatcher`/,
      ),
    ]);
    expect(scene.log.of('error')).toEqual(parkedLines());
    const { pending } = app.lane();
    await app.close();
    await dispatcher.close();
    const next = await scene.application({
      destinations: [WEBHOOK.destination(server)],
      options: { buffer: disk.journal() },
    });
    await scene.until(() => next.lane().delivered === pending);
    expect(storedNumbers(server)).toEqual(app.numbers);
  });
});

describe('a header that HTTP does not allow', () => {
  const withHeader = (isBad: (n: number) => boolean): ReturnType<typeof customDestination> => {
    const good = customDestination(server);
    return customDestination(server, {
      encode: ((batch, attempt) => ({
        ...good.encode(batch, attempt),
        headers: {
          'content-type': 'application/json',
          'x-order': batch.some((held) => isBad(numberOf(held))) ? 'two\nlines' : 'one line',
        },
      })) satisfies typeof good.encode,
    });
  };

  it('of the configuration parks the lane, from the first event on', async () => {
    const app = await scene.application({ destinations: [withHeader(() => true)] });
    app.track(1);
    await scene.until(() => app.lane().parked !== null);
    app.track(9);
    await scene.run(600_000);
    expect(app.lane()).toMatchObject({ parked: 'misconfigured', pending: 10, dead: 0, attempts: 0 });
    expect(parkedLines()).toHaveLength(1);
  });

  it.each([
    ['the first event of all', 0],
    ['an event within the first batch', 7],
    ['a later event', 27],
  ])('of %s costs only this event', async (_, bad) => {
    const app = await scene.application({ destinations: [withHeader((n) => n === bad)] });
    app.track(20);
    await scene.until(() => app.lane().pending <= 1);
    app.track(20);
    await scene.until(() => app.lane().pending <= 1);
    app.track(1);
    await scene.until(app.idle);
    expect(app.lane()).toMatchObject({ parked: null, delivered: 40, dead: 1 });
    expect(app.tracking.stats().lanes['custom']).toMatchObject({ attempts: server.requests.length });
    expect(storedNumbers(server)).toEqual(app.numbers.filter((n) => n !== bad));
  });

  it('of one event after a success does not park the lane', async () => {
    const app = await scene.application({ destinations: [withHeader((n) => n === 27)] });
    app.track(20);
    await scene.until(app.idle);
    app.track(20);
    await scene.until(app.idle);
    expect(app.lane()).toMatchObject({ delivered: 39, dead: 1 });
    expect(parkedLines()).toEqual([]);
  });
});
