import { types } from 'node:util';
import type { Destination } from '../../../destinations/destination.js';
import { observedDestination } from '../../observed-destination.js';
import { conformanceMessages } from '../conformance.messages.js';
import type { Subject } from '../subject.js';
import { hostileAnswers, type HostileAnswer } from '../hostile-answers.js';
import { PlayedLane } from '../played-lane.js';
import { aSample, giveAll } from '../sample-events.js';
import { answerOf } from './answers.js';

const DAY_MS = 86_400_000;
const STATUSES = [200, 400, 503];

/** For any answer, every event is settled, none is lost, and nothing outside of the lane changes. */
async function hostile(setup: Subject): Promise<void> {
  for (const status of STATUSES) {
    for (const answer of hostileAnswers(setup)) await survived(setup, status, answer);
  }
}

async function survived(setup: Subject, status: number, { what, make }: HostileAnswer): Promise<void> {
  const promises = { count: 0 };
  const real = observed(setup.create({}, true), promises);
  let seen = status;
  const lane = new PlayedLane(real, (request) => {
    if (request.attempt > 1) return answerOf(setup, 'success', request);
    const answer = make(status, request);
    if ('status' in answer) seen = answer.status;
    return answer;
  });
  const ids = giveAll(lane.service, [aSample(), aSample()]);
  await lane.settled(DAY_MS);
  const { pending, dead, delivered } = lane.stats;
  await lane.close();
  const polluted = ({} as { polluted?: unknown }).polluted !== undefined;
  delete (Object.prototype as { polluted?: unknown }).polluted;
  if (polluted) throw new Error(conformanceMessages.pollutes(status, what));
  if (promises.count > 0) throw new Error(conformanceMessages.decodesLater());
  if (pending > 0) throw new Error(conformanceMessages.hostilePending(status, what));
  // Of a 400, the lane itself decides by other requests whether the event is the cause.
  if (seen !== 400 && (dead > 0 || delivered !== ids.length)) {
    throw new Error(conformanceMessages.hostileDead(status, what));
  }
}

function observed(real: Destination, promises: { count: number }): Destination {
  if (real.decode === undefined) return real;
  return observedDestination(real, {
    decode(answer, batch) {
      const said = real.decode!(answer, batch);
      if (types.isPromise(said)) promises.count++;
      return said;
    },
  });
}

export const HOSTILE_RULES = { 'hostile-answers': hostile };
