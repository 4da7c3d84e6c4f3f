import { beforeEach, describe, expect, it } from '@jest/globals';
import { memory } from '../../lib/buffer/memory/memory.js';
import type { BufferSetup, EventBuffer, EventBufferFactory } from '../../lib/buffer/event-buffer.js';
import { kissmetrics } from '../../lib/destinations/kissmetrics/kissmetrics.js';
import { webhook } from '../../lib/destinations/webhook/webhook.js';
import type { MisbehavingServer, Reply, SeenRequest } from '../support/misbehaving-server.js';
import { ATTEMPT_MS } from '../support/platforms.js';
import { Scene } from '../support/tracked-application.js';
import { lettersOf } from '../support/letters-of.js';

const KEY = 'k3y/with+signs=0123456789abcdef';
const TOKEN = 'token-that-nobody-may-see';
const SIGNING = `whsec_${Buffer.from('a signing key of many bytes, all secret').toString('base64')}`;
const QUERY = 'secret-in-the-query';
const SECRETS = [KEY, encodeURIComponent(KEY), TOKEN, SIGNING, SIGNING.slice('whsec_'.length), QUERY];

/** The default buffer, within reach of a test. */
class WithinReach implements EventBufferFactory {
  readonly kind = 'memory';
  buffer!: EventBuffer;

  create(setup: BufferSetup): EventBuffer {
    return (this.buffer = memory().create(setup));
  }
}

const PLATFORMS = [
  {
    name: 'webhook',
    destination: (server: MisbehavingServer) =>
      webhook({
        url: `${server.url}/events?token=${QUERY}`,
        secret: SIGNING,
        headers: { authorization: `Bearer ${TOKEN}`, 'x-api-key': KEY },
        timeoutMs: ATTEMPT_MS,
      }),
  },
  ...(['POST', 'GET'] as const).map((method) => ({
    name: `kissmetrics (${method})`,
    destination: (server: MisbehavingServer) =>
      kissmetrics({
        name: `kissmetrics-${method}`,
        apiKey: KEY,
        endpoint: server.url,
        method,
        timeoutMs: ATTEMPT_MS,
      }),
  })),
];

/** Sends everything back that it was sent, as some platforms do in their errors. */
const echo =
  (status: number) =>
  ({ path, headers, body }: SeenRequest): Reply => ({
    status,
    headers: { 'x-echo': JSON.stringify(headers), 'retry-after': 'soon' },
    body: JSON.stringify({ error: `bad key ${KEY}`, path, query: decodeURIComponent(path), headers, body }),
  });

describe.each(PLATFORMS)('$name never shows its credentials', ({ destination }) => {
  let scene: Scene;
  let server: MisbehavingServer;

  beforeEach(async () => {
    scene = new Scene();
    server = await scene.server();
  });

  it('in logs, dead letters, stats and lifecycle, whatever comes back', async () => {
    const within = new WithinReach();
    const app = await scene.application({ destinations: [destination(server)], options: { buffer: within } });
    app.observe();
    const lane = Object.keys(app.stats().lanes)[0]!;
    const happen = async (does: Parameters<MisbehavingServer['behave']>[0]): Promise<void> => {
      server.behave(does);
      app.track(8);
      await scene.run(20_000);
      server.behave((request) => (isPoison(request) ? echo(422)(request) : 200));
      app.track(1, { note: 'poison' });
      await scene.run(20_000);
      // What gets through after it proves that the refusal was about the event.
      app.track(3);
      await scene.until(app.idle);
    };
    const isPoison = ({ body, path }: SeenRequest): boolean => (body + path).includes('poison');
    for (const status of [500, 401, 403, 404, 400, 429, 302]) await happen(echo(status));
    await happen('hang');
    await happen('reset');
    await server.goDown();
    app.track(5);
    await scene.run(20_000);
    await app.close();

    const letters = await lettersOf(within.buffer, lane);
    expect(letters).toHaveLength(9);
    expect(letters.map(({ answer }) => answer)).toEqual(letters.map(() => expect.stringContaining('***')));
    for (const { answer } of letters) expect(Buffer.byteLength(answer!)).toBeLessThanOrEqual(1_024);
    const shown = [
      scene.log.text,
      JSON.stringify(letters),
      JSON.stringify(app.stats()),
      JSON.stringify(app.lifecycle),
    ];
    for (const secret of SECRETS) expect(shown.filter((text) => text.includes(secret))).toEqual([]);
    // The log did say what happened.
    for (const word of [
      '500',
      'unauthorized',
      'refused_all',
      'misconfigured',
      'timeout',
      'ECONN',
      'not delivered',
    ]) {
      expect(scene.log.text).toContain(word);
    }
  });
});
