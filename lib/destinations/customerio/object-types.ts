import type { TrackingEvent } from '../../event/tracking-event.js';
import type { Admission } from '../destination.js';
import { UNSUPPORTED } from '../declines.js';
import { protocolAdmission } from '../segment-protocol/admission.js';
import type { Message } from '../segment-protocol/message.js';

/** Ids of Customer.io's object types, by the type of a group. */
export type ObjectTypes = Readonly<Record<string, string>>;

const MEMBER = 'objectTypeId';

/** Declines a group whose type has no id: Customer.io would make it an object of its first type. */
export function objectAdmission(event: TrackingEvent, types: ObjectTypes): Admission {
  const refused = protocolAdmission(event);
  if (refused !== undefined || event.groupType === undefined || MEMBER in event.properties) return refused;
  return Object.hasOwn(types, event.groupType) ? undefined : UNSUPPORTED;
}

/** Adds the id of the group's object type to the traits, unless the application gave one. */
export function addObjectType(message: Message, groupType: string | undefined, types: ObjectTypes): void {
  if (groupType === undefined || !Object.hasOwn(types, groupType)) return;
  message.traits = { [MEMBER]: types[groupType], ...message.traits };
}
