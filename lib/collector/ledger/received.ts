/** The calls of a sender. `page` and `screen` are sent by browsers only. */
export const EVENT_KINDS = ['track', 'identify', 'group', 'alias', 'page', 'screen'] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

/**
 * The outcome that an event would have at the real host: stored (`delivered`), recognised as a repetition (`duplicate`), rejected in
 * the answer (`rejected`), or answered with success and dropped silently (`dropped`).
 */
export const RECEIVED_OUTCOMES = ['delivered', 'duplicate', 'rejected', 'dropped'] as const;
export type ReceivedOutcome = (typeof RECEIVED_OUTCOMES)[number];

export function isEventKind(value: unknown): value is EventKind {
  return EVENT_KINDS.some((kind) => kind === value);
}

export interface ReceivedEvent {
  /** From 1, in the order of arrival. */
  readonly number: number;
  /** Number of its request. */
  readonly request: number;
  /** Such as `kissmetrics`. */
  readonly platform: string;
  /** Epoch milliseconds. */
  readonly receivedAt: number;
  readonly kind: EventKind;
  /** The event's name, the id of a group, or the other id of an alias; `''` for `identify`. */
  readonly name: string;
  /** The id with which the sender marks it, such as a `messageId`; null: it has none. */
  readonly id: string | null;
  readonly userId: string | null;
  /** The platform's id of a browser or device. */
  readonly anonymousId: string | null;
  /** When it happened, epoch milliseconds; null: the platform uses the time of arrival. */
  readonly time: number | null;
  /** Properties or traits as the platform reads them. */
  readonly properties: Readonly<Record<string, unknown>>;
  readonly outcome: ReceivedOutcome;
  /** Rules of the platform that it breaks, as sentences without values. */
  readonly problems: readonly string[];
}

export interface ReceivedRequest {
  /** From 1, in the order of arrival. */
  readonly number: number;
  readonly platform: string;
  /** Epoch milliseconds. */
  readonly receivedAt: number;
  readonly method: string;
  /** With the query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly events: number;
  /** Status of the answer; null: the connection was closed or cut, or the answer is outstanding. */
  readonly status: number | null;
  readonly answer: string;
  /** The kind of scripted answer that it got, or `own` for an answer that a test gave itself; null: the platform's own answer. */
  readonly scripted: string | null;
  /** Whether its events were entered; false: a scripted answer failed the request, and its sender still has them. */
  readonly kept: boolean;
  /** Rules of the platform that the request as a whole breaks. */
  readonly problems: readonly string[];
}
