import { describe, expect, it } from '@jest/globals';
import { PLATFORMS } from '../support/platforms.js';
import { Scene, storedNumbers } from '../support/tracked-application.js';

describe.each(PLATFORMS)('$name()', (platform) => {
  it('stays within its sockets during a burst of 20,000 calls, and loses no event', async () => {
    const scene = new Scene();
    const server = await scene.server();
    const app = await scene.application({ destinations: [platform.destination(server)] });
    app.track(20_000);
    await scene.until(app.idle);
    expect(storedNumbers(server)).toEqual(app.numbers);
    expect(server.peakSockets).toBeLessThanOrEqual(platform.sockets);
    expect(Math.max(...server.requests.map(({ inFlight }) => inFlight))).toBeLessThanOrEqual(
      platform.concurrency,
    );
    expect(app.lane()).toMatchObject({ retries: 0, dropped: {} });
    // 20,000 requests if each has one event.
  }, 100_000);
});
