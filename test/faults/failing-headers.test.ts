import { beforeEach, describe, expect, it } from '@jest/globals';
import { webhook } from '../../lib/destinations/webhook/webhook.js';
import type { WebhookHeaders } from '../../lib/destinations/webhook/webhook-headers.js';
import type { MisbehavingServer } from '../support/misbehaving-server.js';
import { ATTEMPT_MS } from '../support/platforms.js';
import { Scene, storedNumbers } from '../support/tracked-application.js';

const good: WebhookHeaders = () => ({ 'x-tenant': 'eu' });

/** Faults of the function in `headers`. Each contains a secret that must not be shown. */
const FAULTS: Record<string, () => unknown> = {
  throws: () => {
    throw new Error('hush');
  },
  'returns a promise that fails': () => Promise.reject(new Error('hush')),
  'returns a header of the library': () => ({ 'webhook-signature': 'hush' }),
  'returns a value that is missing': () => ({ authorization: `Bearer ${undefined}` }),
};

describe.each(Object.entries(FAULTS))('a function in the headers of webhook() that %s', (_, bad) => {
  let scene: Scene;
  let server: MisbehavingServer;

  beforeEach(async () => {
    scene = new Scene();
    server = await scene.server();
  });

  it.each([
    ['from the start', 0],
    ['after it has worked', 5],
  ])(
    'parks the destination %s, loses nothing, and delivers all when it works again',
    async (_when, before) => {
      let headers = before > 0 ? good : (bad as WebhookHeaders);
      const app = await scene.application({
        destinations: [
          webhook({
            url: `${server.url}/events`,
            timeoutMs: ATTEMPT_MS,
            headers: (request) => headers(request),
          }),
        ],
      });
      app.track(before);
      await scene.until(app.idle);

      headers = bad as WebhookHeaders;
      app.track(20);
      await scene.run(600_000, { ms: 60_000, run: () => void app.track(1) });
      expect(app.lane()).toMatchObject({ parked: 'misconfigured', delivered: before, dead: 0, dropped: {} });
      expect(storedNumbers(server)).toHaveLength(before);
      const parked = scene.log.text.split('\n').filter((line) => line.includes('is parked (misconfigured)'));
      expect(parked).toHaveLength(1);
      expect(parked[0]).toMatch(/headers/);
      expect(scene.log.text).not.toContain('hush');

      headers = good;
      await scene.until(app.idle);
      expect(storedNumbers(server)).toEqual(app.numbers);
      expect(app.lane()).toMatchObject({ parked: null, delivered: app.numbers.length });
      expect(server.requests.every((request) => request.headers['x-tenant'] === 'eu')).toBe(true);
    },
  );
});
