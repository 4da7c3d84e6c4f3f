import { isoTime } from '../../event/iso-time.js';
import type { LaneEvent } from '../../event/lane-event.js';
import { type Account, accountOf } from '../account.js';
import { decodeData, jsonObject } from '../answers.js';
import type {
  Admission,
  Answer,
  Destination,
  DestinationLimits,
  Explanation,
  OutgoingRequest,
} from '../destination.js';
import { type Message, messageIds, messageOf } from './message.js';
import { isLonger, jsonRequest } from '../json-request.js';
import type { TrackingEvent } from '../../event/tracking-event.js';
import { aliasAdmission, DECLINED } from '../admissions.js';
import { isWellFormed } from '../well-formed.js';
import { textOf } from '../../event/json-values.js';

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
  /** Whether a body has the time of its attempt as `sentAt`. Default: false. */
  readonly hasSentAt?: boolean;
  /** Adds the platform's own members to a message. In place, because a copy costs as much as the message. Default: none. */
  readonly adapt?: (message: Message, held: LaneEvent, sentAt: string | undefined) => void;
  /** Default: the status decides. */
  readonly decode?: Destination['decode'];
}

type ProtocolMembers = Account['members'] & Required<Pick<Destination, 'accept' | 'encode' | 'decode'>>;

export function protocolMembers(setup: ProtocolSetup): ProtocolMembers {
  const { members, url, writeKey, hasSentAt = false, adapt } = setup;
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

    encode(batch, { now }) {
      const sentAt = hasSentAt ? isoTime(now) : undefined;
      const messages = batch.map((held) => {
        const { event } = held;
        const message = messageOf(event, idOf(event));
        adapt?.(message, held, sentAt);
        return message;
      });
      return protocolRequest(post, messages, sentAt, setup.limits);
    },
  };
}

export interface BodyLimits {
  readonly maxMessageBytes: number;
  readonly maxBodyBytes: number;
}

/** Segment and Customer.io: 32 KB per message, as their SDKs measure it, and 500 KB per batch. */
export const HOSTED_BODY: BodyLimits = { maxMessageBytes: 32_768, maxBodyBytes: 500_000 };

/** Less than those, because a message is a little longer than the event's own JSON. */
export const HOSTED_LIMITS: Omit<DestinationLimits, 'maxEvents'> = {
  maxBytes: 450_000,
  maxEventBytes: 32_000,
};

/** The door keeps events so far below `maxMessageBytes` that only a copy of a longer id may take a message over it. */
const MAX_COPIED_ID = 100;

/**
 * The request for a batch of messages.
 *
 * @throws RangeError if a message or the body is too large
 */
export function protocolRequest(
  post: { readonly url: string; readonly headers: Readonly<Record<string, string>>; readonly gzip?: boolean },
  messages: readonly Message[],
  sentAt: string | undefined,
  { maxMessageBytes, maxBodyBytes }: BodyLimits,
): OutgoingRequest {
  for (const message of messages) {
    if (mayBeLong(message) && isLonger(JSON.stringify(message), maxMessageBytes)) {
      throw new RangeError('A message is too large');
    }
  }
  // One JSON.stringify() for all messages: one for each costs a third more.
  return jsonRequest({ ...post, maxBytes: maxBodyBytes }, { batch: messages, sentAt });
}

function mayBeLong({ context }: Message): boolean {
  const { groupId } = context;
  return typeof groupId === 'string' && groupId.length > MAX_COPIED_ID;
}

/**
 * Declines messages that the protocol does not allow: hosts answer 200 to most of them, and one without ids costs a whole batch at
 * RudderStack.
 */
export function protocolAdmission(event: TrackingEvent): Admission {
  if (event.type === 'alias') return aliasAdmission(event, isId);
  const { userId, anonymousId } = event;
  if (isEmpty(userId) && isEmpty(anonymousId)) return DECLINED.noIdentity;
  if (isBroken(userId) || isBroken(anonymousId)) return DECLINED.invalidId;
  if (event.type === 'group' && !isId(event.groupId)) return DECLINED.invalidId;
  return event.name === '' ? DECLINED.invalidName : undefined;
}

function isEmpty(id: string | undefined): boolean {
  return id === undefined || id === '';
}

/** Half of a surrogate pair is sent as U+FFFD, so that several such ids would be one. RudderStack counts spaces as no id. */
function isBroken(id: string | undefined): boolean {
  return id !== undefined && id !== '' && (!isWellFormed(id) || id.trim() === '');
}

function isId(id: string | undefined): id is string {
  return !isEmpty(id) && !isBroken(id);
}

/** A phrase such as programs return. A proxy's page, or a text with values, does not match. */
const PHRASE = /^[a-z][a-z '-]{2,80}$/i;

/** The reason in `code` and `message` of a JSON answer. */
export function explainCode(answer: Answer): Explanation | undefined {
  const { code, message } = jsonObject(answer);
  return { code: textOf(code), message: textOf(message) };
}

/** The reason in a text: the phrase before the first colon. Further words may repeat the write key or an address. */
export function explainPhrase(text: unknown): Explanation | undefined {
  const phrase = typeof text === 'string' ? text.split(':', 1)[0]!.trim() : '';
  return PHRASE.test(phrase) ? { code: phrase } : undefined;
}
