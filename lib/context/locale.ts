/** The first language tag of `Accept-Language`, and the separator after it. */
const FIRST = /^\s*([a-z]{1,8}(?:-[a-z\d]{1,8}){0,4})\s*(?:[,;]|$)/i;

/** The first language of `Accept-Language`: browsers send the preferred one first. */
export function localeOf(header: string | undefined): string | undefined {
  return header === undefined ? undefined : FIRST.exec(header)?.[1];
}
