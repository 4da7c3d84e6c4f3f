import type { ReceivedEvent } from './ledger/received.js';

/** A platform that the collector stands in for: how it reads requests, and how it answers them. */
export interface CollectorPlatform {
  /** The name of the destination's factory, such as `kissmetrics`. It is the first part of the path of its endpoint. */
  readonly name: string;
  /** For people, such as `KISSmetrics`. */
  readonly title: string;
  /** Event names that differ in upper and lower case only are one name to the platform. */
  readonly ignoresCase?: boolean;
  /** Whether it recognises a body in gzip by its first bytes, without a `Content-Encoding`: a browser's SDK sends such. */
  readonly gzipWithoutHeader?: boolean;
  /** Reads a request and checks it against the rules of the platform; undefined: the platform has no such path. */
  read(request: CollectorRequest): Reading | undefined;
  /** The documented answer of a kind; undefined: the platform documents none. */
  answer(kind: AnswerKind, reading: Reading): Answer | undefined;
}

export interface CollectorRequest {
  readonly method: string;
  /** Without the part that names the platform, such as `/v1/batch`. */
  readonly path: string;
  /** Decoded. */
  readonly query: URLSearchParams;
  /** The query as it came, without `?`. */
  readonly search: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Decompressed. */
  readonly body: string;
  /** When it arrived, epoch milliseconds. */
  readonly receivedAt: number;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** Answers that a platform documents beside its success. */
export const ANSWER_KINDS = [
  'rejected',
  'events-rejected',
  'unauthorized',
  'too-large',
  'throttled',
  'error',
] as const;
export type AnswerKind = (typeof ANSWER_KINDS)[number];

/** The content of a request, and the platform's own answer to it. */
export interface Reading {
  /** In the order of the request; empty for requests that carry no events, such as those of a browser SDK for its settings. */
  readonly events: readonly ReadEvent[];
  readonly answer: Answer;
  /** Rules that the request as a whole breaks. */
  readonly problems: readonly string[];
  /** The project that it writes to, such as its key: a repetition is known within a project only. It is never shown. */
  readonly account?: string | undefined;
}

/** An event as read from a request, before it is compared with the events that were received earlier. */
export type ReadEvent = Omit<ReceivedEvent, 'number' | 'request' | 'platform' | 'receivedAt' | 'outcome'> & {
  /** `dropped`: answered with success, but a real host would drop it silently. */
  readonly outcome: 'delivered' | 'rejected' | 'dropped';
  /** Texts by which the platform recognises a repetition: it knows all of them. Undefined: it cannot. */
  readonly repetition: string | readonly string[] | undefined;
};
