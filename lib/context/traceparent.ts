/** Version, trace, span and flags. Of a later version than 00 only these are known. */
const TRACEPARENT = /^(?!ff)([\da-f]{2})-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-[\da-f]{2}(?=-|$)/;

/** A `traceparent` header as W3C defines it, else nothing: whoever reads it downstream may rely on its form. */
export function traceparentOf(header: string | undefined): string | undefined {
  const [kept, version] = TRACEPARENT.exec(header ?? '') ?? [];
  return version === '00' && kept !== header ? undefined : kept;
}
