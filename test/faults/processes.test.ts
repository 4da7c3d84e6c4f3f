import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ChildApplication } from '../support/child-application.js';
import { MisbehavingServer } from '../support/misbehaving-server.js';
import { PLATFORMS } from '../support/platforms.js';
import { countedNumbers, storedNumbers } from '../support/tracked-application.js';

const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

describe.each(PLATFORMS)('a process with $name()', ({ name: platform }) => {
  let server: MisbehavingServer;
  let child: ChildApplication | undefined;

  const start = (events: number, shutdownHooks = false): ChildApplication =>
    (child = new ChildApplication({ platform, url: server.url, events, shutdownHooks }));

  beforeEach(async () => {
    server = await MisbehavingServer.start();
  });

  afterEach(async () => {
    child?.kill();
    await child?.ended;
    await server.close();
  });

  it('delivers the 5,000 queued events on SIGTERM, and ends by that signal', async () => {
    server.behave('hang');
    const application = start(5_000, true);
    await application.tracked;
    application.terminate();
    server.behave(200);
    server.release();
    const { signal, output } = await application.ended;
    expect(signal).toBe('SIGTERM');
    expect(output).not.toMatch(/ERROR|not delivered/);
    expect(storedNumbers(server)).toEqual(upTo(5_000));
  });

  it('ends by itself as soon as everything is delivered, without close()', async () => {
    server.behave(({ number }) => (number <= 3 ? 503 : 200));
    const { code, output } = await start(50).ended;
    expect(code).toBe(0);
    expect(countedNumbers(server)).toEqual(upTo(50));
    expect(output).not.toContain('not delivered');
  });

  it('ends by itself while its platform rejects its credentials, and logs the lost events', async () => {
    server.behave(401);
    const { code, output } = await start(50).ended;
    expect(code).toBe(0);
    expect(server.stored).toEqual([]);
    expect(output).toContain('is parked (unauthorized');
    expect(output).toContain(`exits with 50 events not delivered to '${platform}'`);
  });
});
