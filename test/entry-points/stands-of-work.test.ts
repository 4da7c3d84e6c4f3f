import { afterAll, beforeAll, describe, test } from '@jest/globals';
import type { RunningStand, Stand } from './stand.js';
import { leftOut } from './left-out.js';
import { expectationsOf } from './table.js';
import * as bullmq from './stands/bullmq.js';
import * as cqrs from './stands/cqrs.js';
import * as emitters from './stands/event-emitter.js';
import * as messages from './stands/messages.js';
import { schedule } from './stands/schedule.js';
import { scripts } from './stands/scripts.js';

const stands: readonly Stand[] = [
  ...[messages, bullmq, cqrs, emitters].flatMap((stands) => Object.values<Stand>(stands)),
  schedule,
  scripts,
];

describe.each(stands.map((stand) => [stand.name, stand] as const))('%s', (_name, stand) => {
  const missing = leftOut(stand);
  if (missing !== undefined) {
    test.skip(missing, () => {});
    return;
  }
  let running: RunningStand;
  beforeAll(async () => {
    running = await stand.start();
  });
  afterAll(() => running?.close());
  test.each(expectationsOf(stand, 2_000).map((expectation) => [expectation.title, expectation] as const))(
    '%s',
    (_title, expectation) => expectation.hold(stand, running),
  );
});
