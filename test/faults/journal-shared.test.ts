import { beforeEach, describe, expect, it } from '@jest/globals';
import { JournalDisk } from '../support/journal-disk.js';
import type { MisbehavingServer } from '../support/misbehaving-server.js';
import { WEBHOOK } from '../support/platforms.js';
import { Scene, storedNumbers } from '../support/tracked-application.js';
import type { TrackedApplication } from '../support/tracked-application.js';

const SECOND = 1_000;

let scene: Scene;
let server: MisbehavingServer;
let disk: JournalDisk;

beforeEach(async () => {
  scene = new Scene();
  server = await scene.server();
  disk = new JournalDisk(scene);
});

const start = (): Promise<TrackedApplication> =>
  scene.application({ destinations: [WEBHOOK.destination(server)], options: { buffer: disk.journal() } });

describe('two applications on one directory', () => {
  it('each send their own events, once', async () => {
    const [one, other] = [await start(), await start()];
    expect(one.stats().journal!.folder).not.toBe(other.stats().journal!.folder);
    for (let round = 0; round < 20; round++) {
      one.track(10);
      other.track(10);
      await scene.run(SECOND);
    }
    await scene.until(() => one.idle() && other.idle());
    expect(storedNumbers(server)).toEqual(one.numbers.flatMap((n) => [n, n]));
    for (const app of [one, other]) expect(app.lane()).toMatchObject({ accepted: 200, adopted: 0 });
  });

  it('adopt the events that a shutdown of the other leaves', async () => {
    await server.goDown();
    const [one, other] = [await start(), await start()];
    one.track(300);
    await scene.run(SECOND);
    await one.close();
    expect(one.lane()).toMatchObject({ handedOver: 300 });
    await scene.until(() => other.lane().adopted === 300);
    await server.comeUp();
    await scene.until(other.idle);
    expect(storedNumbers(server)).toEqual(one.numbers);
  });
});

it('loses and doubles nothing in an outage of 60 s at 2,000 events/s', async () => {
  await server.goDown();
  const app = await start();
  await scene.run(60 * SECOND, { ms: 100, run: () => void app.track(200) });
  await scene.until(() => app.stats().journal!.uncommitted === 0);
  expect(app.lane()).toMatchObject({ accepted: app.numbers.length, pending: app.numbers.length });
  await server.comeUp();
  await scene.until(app.idle);
  expect(storedNumbers(server)).toEqual(app.numbers);
}, 60_000);
