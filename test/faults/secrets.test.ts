import { beforeEach, describe, expect, it } from '@jest/globals';
import { memory } from '../../lib/buffer/memory/memory.js';
import type { BufferSetup, EventBuffer, EventBufferFactory } from '../../lib/buffer/event-buffer.js';
import { kissmetrics } from '../../lib/destinations/kissmetrics/kissmetrics.js';
import { webhook } from '../../lib/destinations/webhook/webhook.js';
import type { Attempt } from '../../lib/destinations/destination.js';
import type { LaneEvent } from '../../lib/event/lane-event.js';
import { customDestination } from '../support/custom-destination.js';
import type { MisbehavingServer, Reply, SeenRequest } from '../support/misbehaving-server.js';
import { ATTEMPT_MS } from '../support/platforms.js';
import { Scene } from '../support/tracked-application.js';
import { lettersOf } from '../support/letters-of.js';

const KEY = 'k3y/with+signs=0123456789abcdef"&';
const TOKEN = 'token-that-nobody-may-see';
const SIGNING = `whsec_${Buffer.from('a signing key of many bytes, all secret').toString('base64')}`;
const QUERY = 'secret-in-the-query';
const PATH = 'T0/B0123456789/XyZ01secret-of-the-path';
const USER = 'key-of-a-user';
const PASSWORD = 'password:of-a-user';
const BASIC = Buffer.from(`${USER}:${PASSWORD}`).toString('base64');
const OF_WEBHOOK = [
  KEY,
  TOKEN,
  SIGNING,
  SIGNING.slice('whsec_'.length),
  QUERY,
  ...PATH.split('/').slice(1),
  USER,
  PASSWORD,
  BASIC,
];

/** Forms in which a server may repeat a secret. */
const FORMS: readonly ((secret: string) => string)[] = [
  (secret) => secret,
  (secret) => secret.toUpperCase(),
  (secret) => secret.slice(0, 12),
  encodeURIComponent,
  (secret) =>
    JSON.stringify(secret)
      .slice(1, -1)
      .replaceAll('/', String.raw`\/`),
  (secret) => Array.from(secret, (character) => `&#${character.charCodeAt(0)};`).join(''),
  ...['', 'u:', 'me:'].flatMap((before) => [
    (secret: string) => Buffer.from(before + secret).toString('base64'),
    (secret: string) => Buffer.from(before + secret).toString('base64url'),
  ]),
];

/** The default buffer, accessible to a test. */
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
    secrets: OF_WEBHOOK,
    destination: (server: MisbehavingServer) =>
      webhook({
        url: `${server.url}/services/${PATH}/events?token=${QUERY}`,
        secret: SIGNING,
        headers: { authorization: `Bearer ${TOKEN}`, 'x-api-key': KEY, 'x-basic': `Basic ${BASIC}` },
        timeoutMs: ATTEMPT_MS,
      }),
  },
  ...(['POST', 'GET'] as const).map((method) => ({
    name: `kissmetrics (${method})`,
    secrets: [KEY, TOKEN],
    destination: (server: MisbehavingServer) =>
      kissmetrics({
        name: `kissmetrics-${method}`,
        apiKey: KEY,
        headers: { authorization: `Bearer ${TOKEN}` },
        endpoint: server.url,
        method,
        timeoutMs: ATTEMPT_MS,
      }),
  })),
];

/** Credentials as from a service. */
const GIVEN = { token: TOKEN, session: KEY };
const WITH_FUNCTION = {
  name: 'a destination whose credentials a function gives',
  secrets: Object.values(GIVEN),
  destination: (server: MisbehavingServer) => ({
    ...customDestination(server, { credentials: () => Promise.resolve({ values: GIVEN }) }),
    encode: (batch: readonly LaneEvent[], { credentials }: Attempt) => ({
      method: 'POST' as const,
      url: `${server.url}/custom`,
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${credentials!['token']}`,
        'x-session': credentials!['session']!,
      },
      body: JSON.stringify(batch.map(({ event: { id, properties } }) => ({ id, properties }))),
    }),
  }),
};

/** Repeats the whole request, as some platforms do in their errors, in all of these forms. */
const echo =
  (secrets: readonly string[], status: number, form: number) =>
  ({ path, headers, body }: SeenRequest): Reply => {
    const forms = secrets.map((secret) => FORMS[form % FORMS.length]!(secret));
    const error = `bad key: ${forms.join(' ')}`;
    return {
      status,
      headers: { 'x-echo': JSON.stringify(headers), 'retry-after': 'soon' },
      body: JSON.stringify({ error, path, query: decodeURIComponent(path), headers, body }),
    };
  };

const MODES = [...PLATFORMS, WITH_FUNCTION].flatMap((platform) =>
  (['fields', 'text'] as const).map((keepAnswers) => ({ ...platform, keepAnswers })),
);

describe.each(MODES)(
  '$name never shows its credentials ($keepAnswers)',
  ({ destination, secrets, keepAnswers, name }) => {
    let scene: Scene;
    let server: MisbehavingServer;

    beforeEach(async () => {
      scene = new Scene();
      server = await scene.server();
    });

    it('in logs, dead letters, stats and lifecycle, whatever the answer', async () => {
      const within = new WithinReach();
      let form = 0;
      const app = await scene.application({
        destinations: [destination(server)],
        options: { buffer: within, keepAnswers },
      });
      app.observe();
      const lane = Object.keys(app.stats().lanes)[0]!;
      const happen = async (does: Parameters<MisbehavingServer['behave']>[0]): Promise<void> => {
        server.behave(does);
        app.track(8);
        await scene.run(20_000);
        server.behave((request) => (isPoison(request) ? echo(secrets, 422, form++)(request) : 200));
        const before = form;
        app.track(1, { note: 'poison' });
        await scene.until(() => form > before);
        // A later success proves that the rejection was about the event.
        app.track(3);
        await scene.until(app.idle);
      };
      const isPoison = ({ body, path }: SeenRequest): boolean => (body + path).includes('poison');
      for (const status of [500, 401, 403, 404, 400, 429, 302]) await happen(echo(secrets, status, form++));
      await happen('hang');
      await happen('reset');
      await server.goDown();
      app.track(5);
      await scene.run(20_000);
      await app.close();

      const letters = await lettersOf(within.buffer, lane);
      expect(letters).toHaveLength(9);
      // The webhook explains an answer by its message; KISSmetrics explains none.
      const kept = keepAnswers === 'text' || name === 'webhook' ? '***' : ' bytes';
      expect(letters.map(({ answer }) => answer)).toEqual(letters.map(() => expect.stringContaining(kept)));
      for (const { answer } of letters) expect(Buffer.byteLength(answer!)).toBeLessThanOrEqual(1_024);
      const shown = [
        scene.log.text,
        JSON.stringify(letters),
        JSON.stringify(app.stats()),
        JSON.stringify(app.lifecycle),
      ];
      // The characters at both ends of base64 also depend on the text around the secret.
      const forms = secrets.flatMap((secret) => FORMS.map((make) => make(secret)));
      const cores = secrets.map((secret) => Buffer.from(secret).toString('base64').slice(4, -4));
      const seen = [...forms, ...cores].filter((form) => shown.some((text) => text.includes(form)));
      expect(seen).toEqual([]);
      // The log names the failure.
      for (const word of ['500', 'unauthorized', 'refused_all', 'misconfigured', 'ECONN', 'not delivered']) {
        expect(scene.log.text).toContain(word);
      }
    });
  },
);
