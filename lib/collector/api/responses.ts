import type { ScriptedAnswer } from '../answers/scripted-answer.js';
import type { Kept, NameCounts, Person, PlatformCounts } from '../ledger/figures.js';
import type { ReceivedEvent, ReceivedRequest } from '../ledger/received.js';

export type * from '../ledger/figures.js';
export type * from '../ledger/received.js';
export type { ScriptedAnswer };

/** `GET /_collector/stats`. */
export interface StatsResponse {
  /** When the collector started, epoch milliseconds: if it changes, all numbers start again. */
  readonly startedAt: number;
  /** Since when it counts: its start, or the last reset. */
  readonly since: number;
  /** The collector's clock, epoch milliseconds. */
  readonly now: number;
  /** Changes whenever a count, a list or the script changes. */
  readonly revision: number;
  /** In the order of the page; also those that received nothing. */
  readonly platforms: readonly PlatformCounts[];
  /** Their sums are those of `platforms`; empty with `?names=false`. */
  readonly names: readonly NameCounts[];
  /** Scripted answers in force, with the requests and seconds that are left. */
  readonly answers: readonly ScriptedAnswer[];
  readonly kept: Kept;
}

export interface ListedEvent extends ReceivedEvent {
  /** It was too large to be kept whole: its properties are left out, and its texts are cut. */
  readonly isCut: boolean;
}

/** `GET /_collector/events/<number>`. */
export type EventResponse = ListedEvent;

/** A part of a list, newest first. */
export interface ListPart {
  /** Pass it as `before` to look at older ones; null: all that are kept were looked at. */
  readonly next: number | null;
  /** Those that are counted and no longer listed. */
  readonly forgotten: number;
}

/** `GET /_collector/events`. */
export interface EventsResponse extends ListPart {
  readonly events: readonly ListedEvent[];
}

export interface ListedRequest extends Omit<ReceivedRequest, 'headers' | 'body' | 'answer'> {
  /** In characters, decompressed. */
  readonly bodyLength: number;
  /** It was too large to be kept whole: its body or its answer is cut. */
  readonly isCut: boolean;
}

/** `GET /_collector/requests`. */
export interface RequestsResponse extends ListPart {
  readonly requests: readonly ListedRequest[];
}

/** `GET /_collector/requests/<number>`. */
export interface RequestResponse {
  readonly request: ListedRequest & Pick<ReceivedRequest, 'headers' | 'body' | 'answer'>;
  /** In the order of the request: of its first 1,000, those that are still kept. */
  readonly events: readonly ListedEvent[];
}

/** `GET /_collector/invalid`, newest first: the events and requests that break a rule. They are kept longer than others. */
export interface InvalidResponse {
  readonly events: readonly ListedEvent[];
  readonly requests: readonly ListedRequest[];
}

/** A person in a list, with at most 100 ids. */
export interface ListedPerson extends Person {
  readonly idCount: number;
}

/** `GET /_collector/people`: the person with the newest event first. */
export interface PeopleResponse {
  readonly people: readonly ListedPerson[];
  /** Whether there are more than `limit`. */
  readonly more: boolean;
  /** People who are no longer listed, because newer ones displaced them. */
  readonly forgotten: number;
}

/** `GET`, `POST` and `DELETE /_collector/answers`: those in force, with the requests and seconds that are left. */
export type AnswersResponse = readonly ScriptedAnswer[];

/** Every answer with a status of 400 and above. */
export interface ErrorResponse {
  readonly error: string;
}
