/** Version, trace, span and flags. Of a later version than 00 only these are known. */
const TRACEPARENT = /^(?!ff)([\da-f]{2})-(?!0{32})([\da-f]{32})-(?!0{16})[\da-f]{16}-[\da-f]{2}(?=-|$)/;

/** A trace as an event's context names it. People search for the id of the trace. */
export interface Trace {
  readonly traceparent: string;
  readonly traceId: string;
}

/** The trace of a W3C `traceparent` header, without members that a later version adds; `undefined` for any other value. */
export function traceOf(header: unknown): Trace | undefined {
  if (typeof header !== 'string') return undefined;
  const [traceparent, version, traceId] = TRACEPARENT.exec(header) ?? [];
  if (traceparent === undefined || traceId === undefined) return undefined;
  return version === '00' && traceparent !== header ? undefined : { traceparent, traceId };
}
