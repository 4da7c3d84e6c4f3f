import { kindAnswer } from '../answers/decision.js';
import {
  failedToRead,
  hasNoSuchPath,
  noSuchPath,
  unreadableBody,
  unreadableRequest,
} from '../collector.messages.js';
import type { CollectorPlatform, CollectorRequest, Reading } from '../platform.js';
import { MAX_VALUES } from '../platforms/reading/json.js';
import { jsonAnswer, withoutEvents } from '../platforms/reading/reading.js';
import type { Troubles } from '../troubles.js';
import { MAX_BODY_BYTES, type BodyFault } from './read-body.js';

export const UNREAD = withoutEvents({ status: 200 });

export function readRequest(
  platform: CollectorPlatform,
  request: CollectorRequest,
  fault: BodyFault | undefined,
  troubles: Troubles,
): Reading {
  const { name } = platform;
  if (fault !== undefined) return faulty(platform, fault);
  try {
    const reading = platform.read(request);
    if (reading !== undefined) return reading;
    troubles.once(`path ${name}`, () => hasNoSuchPath(name));
    return failed(404, noSuchPath());
  } catch (error) {
    troubles.fault(`unreadable ${name}`, error, (kind) => failedToRead(name, kind));
    // After a 500, a sender would retry it for ever.
    return failed(400, unreadableRequest());
  }
}

function faulty(platform: CollectorPlatform, fault: BodyFault): Reading {
  const problem = unreadableBody(fault, MAX_BODY_BYTES, MAX_VALUES);
  if (fault === 'broken') return failed(400, problem);
  if (fault === 'unknown-encoding') return failed(415, problem);
  return withoutEvents(kindAnswer(platform, 'too-large', UNREAD)!, problem);
}

function failed(status: number, problem: string): Reading {
  return withoutEvents(jsonAnswer(status, { error: problem }), problem);
}
