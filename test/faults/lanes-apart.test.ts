import { describe, expect, it } from '@jest/globals';
import type { MisbehavingServer } from '../support/misbehaving-server.js';
import { storedNumbers, Scene } from '../support/tracked-application.js';
import type { TrackedApplication } from '../support/tracked-application.js';
import { KISSMETRICS, WEBHOOK } from '../support/platforms.js';

const HOUR_MS = 3_600_000;

interface Outage {
  begin(server: MisbehavingServer): unknown;
  end(server: MisbehavingServer): unknown;
}

const answering = (behaviour: Parameters<MisbehavingServer['behave']>[0]): Outage => ({
  begin: (server) => server.behave(behaviour),
  end(server) {
    server.behave(200);
    server.release();
  },
});

/** Ways in which a platform is down for an hour. */
const OUTAGES = {
  'refuses connections': { begin: (server) => server.goDown(), end: (server) => server.comeUp() },
  'answers 503': answering(503),
  'rejects the credentials': answering(401),
  'never answers': answering('hang'),
} satisfies Record<string, Outage>;

/** An hour with an event every 20 seconds, to three destinations. */
async function anHour(outage?: Outage): Promise<{
  scene: Scene;
  app: TrackedApplication;
  up: readonly MisbehavingServer[];
  down: MisbehavingServer;
}> {
  const scene = new Scene();
  const [one, two, down] = [await scene.server(), await scene.server(), await scene.server()] as const;
  await outage?.begin(down);
  const app = await scene.application({
    destinations: [
      WEBHOOK.destination(one, { name: 'one' }),
      WEBHOOK.destination(down, { name: 'down' }),
      KISSMETRICS.destination(two, { name: 'two' }),
    ],
  });
  await scene.run(HOUR_MS - 10_000, { ms: 20_000, run: () => void app.track(1) });
  return { scene, app, up: [one, two], down };
}

/** The time and the events of each request. */
const arrivals = (server: MisbehavingServer): unknown =>
  server.requests.map(({ at, events }) => [at, events.map(({ n }) => n)]);

describe('a destination that is down for an hour', () => {
  it.each(Object.entries(OUTAGES))(
    'costs the others nothing, and gets all its events later: %s',
    async (_, outage) => {
      const usual = await anHour();
      const { scene, app, up, down } = await anHour(outage);

      expect(up.map(arrivals)).toEqual(usual.up.map(arrivals));
      expect(app.lane('one')).toMatchObject({ delivered: 180, retries: 0, parked: null });
      expect(app.lane('two')).toMatchObject({ delivered: 180, retries: 0, parked: null });
      expect(app.lane('down')).toMatchObject({ delivered: 0, pending: 180, dead: 0, dropped: {} });

      await outage.end(down);
      await scene.until(app.idle);
      expect(storedNumbers(down)).toEqual(app.numbers);
      expect(up.map(arrivals)).toEqual(usual.up.map(arrivals));
    },
  );
});
