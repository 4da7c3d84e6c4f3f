import type { LaneEvent } from '../../event/lane-event.js';
import { accountMembers, type AccountMembers } from '../account-members.js';
import type { Attempt, Destination } from '../destination.js';
import { protocolAdmission } from './admission.js';
import { messageIds } from './message-id.js';
import { messageOf, type Message } from './message.js';
import { protocolBody, type BodyLimits } from './protocol-batch.js';

/** What differs between the platforms of the protocol. */
interface ProtocolSetup {
  /** The members that the options decide. */
  readonly members: Pick<Destination, 'name' | 'kind'>;
  /** Base URL, without a slash at its end. */
  readonly url: string;
  readonly path: string;
  readonly writeKey: string;
  /** The header with the write key, and others that the platform asks for. */
  readonly ownHeaders: Readonly<Record<string, string>>;
  /** The option `headers`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly limits: BodyLimits;
  readonly gzip?: boolean;
  /** Further members of the body. Default: none. */
  readonly envelope?: (attempt: Attempt) => Readonly<Record<string, string>>;
  /** What the platform adds to a message. Default: nothing. */
  readonly adapt?: (message: Message, held: LaneEvent, attempt: Attempt) => Message;
}

type ProtocolMembers = AccountMembers & Required<Pick<Destination, 'accept' | 'encode'>>;

const NOTHING = Object.freeze({});

/** The members of a destination that speaks the protocol. */
export function protocolMembers(setup: ProtocolSetup): ProtocolMembers {
  const { members, url, path, writeKey, limits, envelope, adapt } = setup;
  const idOf = messageIds(members);
  const headers = { ...setup.headers, 'content-type': 'application/json', ...setup.ownHeaders };
  // The word of the scheme is no secret; neither is a short value, such as the `1` of a switch, which is left out there.
  const forms = Object.values(setup.ownHeaders).map((value) => value.replace(/^Basic /, ''));

  return {
    ...accountMembers({
      name: members.name,
      url,
      keys: [writeKey],
      forms,
      headers: setup.headers,
    }),

    accept: protocolAdmission,

    encode(batch, attempt) {
      const messages = batch.map((held) => {
        const message = messageOf(held.event, idOf(held.event));
        return adapt === undefined ? message : adapt(message, held, attempt);
      });
      return {
        method: 'POST',
        url: url + path,
        headers,
        body: protocolBody(messages, envelope?.(attempt) ?? NOTHING, limits),
        ...(setup.gzip === true && { compress: 'gzip' as const }),
      };
    },
  };
}
