/** A language tag, and what may follow it in `Accept-Language`. */
const FIRST = /^\s*([a-z]{1,8}(?:-[a-z\d]{1,8}){0,4})\s*(?:[,;]|$)/i;

/** The first language of `Accept-Language`: browsers name the one that is wanted most first. */
export function localeOf(header: string | undefined): string | undefined {
  return header === undefined ? undefined : FIRST.exec(header)?.[1];
}
