import { randomUUID } from 'node:crypto';
import { impersonal } from '../../event/impersonal.js';
import { snapshot } from '../../event/snapshot.js';
import type { EventParts } from '../made-event.js';

/** The parts of an event without its person: it cannot be joined with other events of the same person. */
export function stripped(parts: EventParts, maxEventBytes: number): EventParts {
  const context = impersonal(parts.context?.value);
  return {
    ...parts,
    stripped: true,
    who: { anonymousId: randomUUID() },
    groups: undefined,
    groupId: undefined,
    groupType: undefined,
    previousId: undefined,
    context: context && snapshot(context, maxEventBytes),
  };
}
