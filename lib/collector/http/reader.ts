import { kindAnswer } from '../answers/kind-answer.js';
import {
  failedToRead,
  hasNoSuchPath,
  noSuchPath,
  unreadableBody,
  unreadableRequest,
} from '../collector.messages.js';
import type { CollectorPlatform, CollectorRequest, Reading } from '../platform.js';
import type { Troubles } from '../troubles.js';
import { MAX_VALUES } from '../too-many-values.js';
import type { BodyFault } from './decompress.js';
import { MAX_BODY_BYTES } from './read-body.js';

const EMPTY: Reading = { events: [], answer: { status: 200 }, problems: [] };

/** Lets a platform read a request. */
export class Reader {
  /** Of a request that is not read. */
  readonly unread = EMPTY;

  constructor(private readonly troubles: Troubles) {}

  read(platform: CollectorPlatform, request: CollectorRequest, fault: BodyFault | undefined): Reading {
    if (fault !== undefined) return faulty(platform, fault);
    try {
      return platform.read(request) ?? this.#unknownPath(platform);
    } catch (error) {
      // After a 500, a sender would retry it for ever.
      const { name } = error as { name?: string };
      this.troubles.once(`unreadable ${platform.name}`, () => failedToRead(platform.name, name ?? 'Error'));
      return failed(400, unreadableRequest());
    }
  }

  #unknownPath({ name }: CollectorPlatform): Reading {
    this.troubles.once(`path ${name}`, () => hasNoSuchPath(name));
    return failed(404, noSuchPath());
  }
}

function faulty(platform: CollectorPlatform, fault: BodyFault): Reading {
  const problem = unreadableBody(fault, MAX_BODY_BYTES, MAX_VALUES);
  if (fault === 'broken' || fault === 'unknown-encoding')
    return failed(fault === 'broken' ? 400 : 415, problem);
  return { events: [], answer: kindAnswer(platform, 'too-large', EMPTY)!, problems: [problem] };
}

function failed(status: number, problem: string): Reading {
  const headers = { 'content-type': 'application/json' };
  return {
    events: [],
    answer: { status, headers, body: JSON.stringify({ error: problem }) },
    problems: [problem],
  };
}
