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

/** An event that the collector received. */
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
  /** When it happened, epoch milliseconds; null: the platform takes the time of arrival. */
  readonly time: number | null;
  /** Properties or traits as the platform reads them. */
  readonly properties: Readonly<Record<string, unknown>>;
  readonly outcome: ReceivedOutcome;
  /** Rules of the platform that it breaks, as sentences without values. */
  readonly problems: readonly string[];
}
