import { isLoopback } from '../host/private-hosts.js';
import type { DestinationSetup } from './destination.js';
import { plainHttp } from './destination.messages.js';

/** Warns once at start if a key or secret would be sent over plain http: to another machine. */
export function warnOfPlainHttp(
  setup: DestinationSetup,
  destination: string,
  url: string,
  secrets: readonly string[],
): void {
  if (secrets.length === 0 || !url.startsWith('http:') || isLoopback(url)) return;
  setup.notice('plain_http', 'url', () => plainHttp(destination));
}
