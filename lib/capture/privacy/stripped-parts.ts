import { randomUUID } from 'node:crypto';
import { snapshot } from '../../event/snapshot.js';
import type { Snapshot } from '../../event/snapshot.js';
import type { EventParts } from '../event-parts.js';

/**
 * Members of a context that tell who somebody is, or that join an event with others of the same visit or with the logs of its
 * request.
 */
const PERSONAL: ReadonlySet<string> = new Set([
  'ip',
  'userAgent',
  'referrer',
  'sessions',
  'requestId',
  'traceparent',
  'traceId',
]);

/** What is left of an event without its person: nobody can tell which other events are of the same one. */
export function stripped(parts: EventParts, maxEventBytes: number): EventParts {
  return {
    ...parts,
    stripped: true,
    who: { anonymousId: randomUUID() },
    groupId: undefined,
    previousId: undefined,
    context: parts.context && impersonal(parts.context, maxEventBytes),
  };
}

function impersonal(context: Snapshot, maxEventBytes: number): Snapshot | undefined {
  const kept = Object.entries(context.value).filter(([name]) => !PERSONAL.has(name));
  return kept.length === 0 ? undefined : snapshot(Object.fromEntries(kept), maxEventBytes);
}
