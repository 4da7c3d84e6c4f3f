import { beforeEach, describe, expect, it } from '@jest/globals';
import { JournalDisk } from '../support/journal-disk.js';
import type { MisbehavingServer } from '../support/misbehaving-server.js';
import { WEBHOOK } from '../support/platforms.js';
import { Scene, storedNumbers } from '../support/tracked-application.js';
import type { TrackedApplication } from '../support/tracked-application.js';

const HOUR = 3_600_000;
const PAUSES = '/var/tracking/pauses.json';

let scene: Scene;
let server: MisbehavingServer;
let disk: JournalDisk;

beforeEach(async () => {
  scene = new Scene();
  server = await scene.server();
  disk = new JournalDisk(scene);
});

/** An application on the directory that all of them share. */
const start = (path = 'events', maxRetryAfterMs = 300_000): Promise<TrackedApplication> =>
  scene.application({
    destinations: [WEBHOOK.destination({ url: `${server.url}/${path}` } as MisbehavingServer)],
    options: { buffer: disk.journal(), retry: { maxRetryAfterMs } },
  });

const refuse = (status: number, retryAfter?: string): void =>
  server.behave({ status, ...(retryAfter !== undefined && { headers: { 'retry-after': retryAfter } }) });

/** Leaves one pending event after one request with this answer; returns the time of the answer. */
async function paused(status: number, retryAfter?: string, path?: string): Promise<number> {
  refuse(status, retryAfter);
  const before = server.requests.length;
  const app = await start(path);
  app.track(1);
  await scene.until(() => server.requests.length > before);
  await scene.settled();
  expect(server.requests.length).toBe(before + 1);
  await app.close();
  server.behave(200);
  return server.requests[before]!.at;
}

describe('a restart with a journal', () => {
  it('before the end of Retry-After makes no request until then, also not for new events or a flush', async () => {
    const refusedAt = await paused(429, '120');
    const before = server.requests.length;
    const app = await start();
    app.track(5);
    await scene.run(10_000);
    void app.tracking.flush();
    await scene.run(100_000);
    expect(server.requests.length).toBe(before);
    await scene.until(app.idle);
    expect(server.requests[before]!.at).toBeGreaterThanOrEqual(refusedAt + 120_000);
    expect(server.requests[before]!.at).toBeLessThan(refusedAt + 125_000);
    expect(storedNumbers(server)).toEqual([0, 0, 1, 2, 3, 4]);
  });

  it('tries at once without a Retry-After: backoff ends with its process', async () => {
    const path = 'events';
    refuse(503);
    const app = await start(path);
    app.track(1);
    await scene.run(HOUR);
    await app.close();
    server.behave(200);
    const before = server.requests.length;
    const restartedAt = scene.clock.monotonic();
    const next = await start(path);
    await scene.until(next.idle);
    expect(server.requests[before]!.at - restartedAt).toBeLessThan(5_000);
  });

  it('tries at once after the pause', async () => {
    await paused(429, '120');
    await scene.run(130_000);
    const before = server.requests.length;
    const restartedAt = scene.clock.monotonic();
    const next = await start();
    await scene.until(next.idle);
    expect(server.requests[before]!.at - restartedAt).toBeLessThan(5_000);
  });

  it.each([
    ['back', -HOUR],
    ['ahead', HOUR],
  ])('pauses no longer than maxRetryAfterMs where the wall clock was set %s by an hour', async (_, by) => {
    await paused(429, '120');
    const now = scene.clock.now.bind(scene.clock);
    scene.clock.now = () => now() + by;
    const before = server.requests.length;
    const restartedAt = scene.clock.monotonic();
    const next = await start('events', 180_000);
    await scene.until(next.idle);
    const pauseMs = server.requests[before]!.at - restartedAt;
    if (by > 0) expect(pauseMs).toBeLessThan(5_000);
    else expect(pauseMs).toBeLessThan(185_000);
  });

  it('uses the latest time of all processes that share the directory', async () => {
    const first = await start();
    const second = await start();
    let seconds = 60;
    server.behave(() => {
      seconds *= 2;
      return { status: 429, headers: { 'retry-after': String(seconds) } };
    });
    first.track(1);
    await scene.until(() => server.requests.length === 1);
    second.track(1);
    await scene.until(() => server.requests.length === 2);
    const refusedAt = server.requests[1]!.at;
    await second.close();
    await first.close();
    server.behave(200);
    const next = await start();
    await scene.until(() => next.idle() && next.lane().delivered === 2);
    expect(server.requests[2]!.at).toBeGreaterThanOrEqual(refusedAt + 240_000);
  });

  it('pauses no other account, and keeps the time of each', async () => {
    const refusedAt = await paused(429, '120', 'a');
    const other = await start('b');
    other.track(1);
    await scene.until(other.idle);
    await other.close();
    expect(await paused(429, '30', 'b')).toBeLessThan(refusedAt + 100_000);
    const before = server.requests.length;
    const app = await start('a');
    await scene.until(app.idle);
    const again = server.requests.slice(before).find(({ path }) => path === '/a/events');
    expect(again!.at).toBeGreaterThanOrEqual(refusedAt + 120_000);
  });

  it.each([
    ['is damaged', '{"format":1,"pauses":[{"until":'],
    ['is of a later version', '{"format":2}'],
    ['holds something else', '{"format":1,"pauses":[{"until":"soon"}]}'],
  ])('where the file %s tries at once, and leaves it as it is', async (_, text) => {
    await paused(429, '120');
    await disk.files.writeText(PAUSES, text);
    const before = server.requests.length;
    const restartedAt = scene.clock.monotonic();
    const next = await start();
    await scene.until(next.idle);
    expect(server.requests[before]!.at - restartedAt).toBeLessThan(5_000);
    await next.close();
    await paused(429, '60');
    expect(await disk.files.readText(PAUSES)).toBe(text);
  });

  it('delivers from memory if the disk does not answer', async () => {
    await paused(429, '120');
    disk.hang(({ path }) => path === PAUSES);
    const app = await start();
    app.track(1);
    await scene.until(() => storedNumbers(server).length > 0, 60_000);
    expect(storedNumbers(server)).toContain(0);
  });
});
