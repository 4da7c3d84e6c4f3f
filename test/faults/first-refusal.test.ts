import { beforeEach, describe, expect, it } from '@jest/globals';
import { customDestination } from '../support/custom-destination.js';
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

  it('is named as the cause when the application closes, not a park and not the time', async () => {
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

it('of an answer that the destination does not explain, the log shows the text where `keepAnswers` asks for it', async () => {
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
