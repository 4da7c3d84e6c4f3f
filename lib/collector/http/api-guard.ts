import type { IncomingMessage } from 'node:http';
import { foreignHost, foreignPage } from '../collector.messages.js';

const LOOPBACK_ADDRESS = /^(127(\.\d{1,3}){3}|::1)$/;
/** `Host` without its port. Browsers resolve `*.localhost` themselves. */
const LOOPBACK_HOST = /^(?:(?:[\w-]+\.)*localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/i;

export function isLoopback(address: string): boolean {
  return LOOPBACK_ADDRESS.test(address);
}

/** Why a request may not use the API; undefined: it may. Another page gets nothing, also not with a name that it resolves to loopback. */
export function apiRefusal(
  { headers }: Pick<IncomingMessage, 'headers'>,
  isBoundToLoopback: boolean,
): string | undefined {
  const { host = '', origin, 'sec-fetch-site': site } = headers;
  if (isBoundToLoopback && !LOOPBACK_HOST.test(host)) return foreignHost();
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return foreignPage();
  const own = origin?.replace(/^https?:\/\//i, '');
  if (own !== undefined && own.toLowerCase() !== host.toLowerCase()) return foreignPage();
  return undefined;
}
