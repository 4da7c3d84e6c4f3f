import { isLoopback } from '../host/private-hosts.js';
import type { DestinationSetup } from './destination.js';
import { plainHttp } from './destination.messages.js';

/** Warns once, at start, where a key or secret would cross a network in the clear. */
export function warnOfPlainHttp(
  setup: DestinationSetup,
  destination: string,
  url: string,
  secrets: readonly string[],
): void {
  if (secrets.length === 0 || !url.startsWith('http:') || isLoopback(url)) return;
  setup.notice('plain_http', 'url', () => plainHttp(destination));
}
