/** A request that the collector received, with its credentials hidden. */
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
  /** Events in it. */
  readonly events: number;
  /** Status of the answer; null: the connection was closed or cut, or the answer is outstanding. */
  readonly status: number | null;
  /** Body of the answer. */
  readonly answer: string;
  /** The kind of scripted answer that it got, or `own` for an answer that a test gave itself; null: the platform's own answer. */
  readonly scripted: string | null;
  /** Whether its events were entered; false: a scripted answer failed the request, and its sender still has them. */
  readonly kept: boolean;
  /** Rules of the platform that the request as a whole breaks. */
  readonly problems: readonly string[];
}
