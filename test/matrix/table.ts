/** The table of expectations, against the package as it is installed: on every kind of handler, without a test runner. */
import 'reflect-metadata';
import assert from 'node:assert/strict';
import type { Stand } from '../entry-points/stand.js';
import * as bullmq from '../entry-points/stands/bullmq.js';
import * as cqrs from '../entry-points/stands/cqrs.js';
import * as emitters from '../entry-points/stands/event-emitter.js';
import * as graphql from '../entry-points/stands/graphql.js';
import { hybridStands } from '../entry-points/stands/hybrid.js';
import * as messages from '../entry-points/stands/messages.js';
import { restOnExpress, restOnFastify } from '../entry-points/stands/rest.js';
import { schedule } from '../entry-points/stands/schedule.js';
import { scripts } from '../entry-points/stands/scripts.js';
import * as subscriptions from '../entry-points/stands/subscriptions.js';
import * as websocket from '../entry-points/stands/websocket.js';
import { leftOut } from '../entry-points/left-out.js';
import { expectationsOf } from '../entry-points/table.js';

/** Fewer than in the tests: those are about races, this is about platforms. */
const CROWD = 200;

const stands: readonly Stand[] = [
  restOnExpress,
  restOnFastify,
  ...hybridStands,
  ...[graphql, subscriptions, websocket, messages, bullmq, cqrs, emitters].flatMap((each) =>
    Object.values<Stand>(each),
  ),
  schedule,
  scripts,
];

async function hold(stand: Stand): Promise<number> {
  const missing = leftOut(stand);
  if (missing !== undefined) {
    console.warn(`NOT TESTED: ${stand.name}. ${missing}`);
    return 0;
  }
  const running = await stand.start();
  try {
    const expectations = expectationsOf(stand, CROWD);
    for (const expectation of expectations) {
      await expectation.hold(stand, running).catch((error: unknown) => {
        throw new Error(`${stand.name}, ${expectation.title}`, { cause: error });
      });
    }
    return expectations.length;
  } finally {
    await running.close();
  }
}

async function holdAll(): Promise<void> {
  let held = 0;
  for (const stand of stands) {
    const began = performance.now();
    held += await hold(stand);
    console.log(`${stand.name}: ${Math.round(performance.now() - began)} ms`);
  }
  assert.ok(held > stands.length);
  console.log(`${held} expectations of ${stands.length} stands`);
}

holdAll().then(
  () => console.log('done'),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
