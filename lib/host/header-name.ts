/** Whether a value can be the name of an HTTP header: a token of RFC 9110. */
export function isHeaderName(name: unknown): name is string {
  return typeof name === 'string' && /^[\w!#$%&'*+.^`|~-]+$/.test(name);
}
