import type { LaneEvent } from '../../event/lane-event.js';
import { accountOf, type Account } from '../account.js';
import { decodeData } from '../answers.js';
import type { Attempt, Destination } from '../destination.js';
import { protocolAdmission } from './admission.js';
import { messageIds, messageOf, type Message } from './message.js';
import { protocolRequest, type BodyLimits, type Envelope } from './protocol-batch.js';

/** The differences between the platforms of the protocol. */
interface ProtocolSetup {
  /** The members that the options decide. */
  readonly members: Pick<Destination, 'name' | 'kind'>;
  /** Base URL, without a slash at its end. */
  readonly url: string;
  readonly path: string;
  readonly writeKey: string;
  /** Parts of the key that are secret on their own. Default: none. */
  readonly keyParts?: readonly string[];
  /** The header with the write key, and others that the platform asks for. */
  readonly ownHeaders: Readonly<Record<string, string>>;
  /** The option `headers`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly limits: BodyLimits;
  readonly gzip?: boolean;
  /** Further members of the body. Default: none. */
  readonly envelope?: (attempt: Attempt) => Envelope;
  /** Adds the platform's own members to a message. In place, because a copy costs as much as the message. Default: none. */
  readonly adapt?: (message: Message, held: LaneEvent, envelope: Envelope) => void;
  /** Default: the status decides. */
  readonly decode?: Destination['decode'];
}

type ProtocolMembers = Account['members'] & Required<Pick<Destination, 'accept' | 'encode' | 'decode'>>;

const NOTHING: Envelope = Object.freeze({});

export function protocolMembers(setup: ProtocolSetup): ProtocolMembers {
  const { members, url, writeKey, envelope, adapt } = setup;
  const idOf = messageIds(members);
  const post = {
    url: url + setup.path,
    headers: { ...setup.headers, ...setup.ownHeaders },
    gzip: setup.gzip ?? false,
  };
  // The word of the scheme is no secret.
  const sent = Object.values(setup.ownHeaders).map((value) => value.replace(/^Basic /, ''));
  const account = accountOf({
    name: members.name,
    url,
    keys: [writeKey],
    forms: [...sent, ...(setup.keyParts ?? [])],
    headers: setup.headers,
  });

  return {
    ...account.members,
    accept: protocolAdmission,
    decode: decodeData(setup.decode),

    encode(batch, attempt) {
      const further = envelope?.(attempt) ?? NOTHING;
      const messages = batch.map((held) => {
        const { event } = held;
        const message = messageOf(event, idOf(event));
        adapt?.(message, held, further);
        return message;
      });
      return protocolRequest(post, messages, further, setup.limits);
    },
  };
}
