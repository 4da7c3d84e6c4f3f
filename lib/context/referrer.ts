import { clientText } from '../event/client-text.js';

const MAX_LENGTH = 1_000;
/** The default limit of all request headers together: parsing an international host name takes the square of its length. */
const MAX_HEADER = 16_384;

/** Origin and path of the page that a request came from. Its query and fragment may contain searches and tokens. */
export function referrerOf(header: string | undefined): string | undefined {
  if (header === undefined || header.length > MAX_HEADER || !URL.canParse(header)) return undefined;
  const { protocol, origin, pathname } = new URL(header);
  return protocol === 'https:' || protocol === 'http:'
    ? clientText(origin + pathname, MAX_LENGTH)
    : undefined;
}
