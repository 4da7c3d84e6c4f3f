import type { IncomingMessage, ServerResponse } from 'node:http';

const DEFAULT_METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE';
/** The SDKs read these to learn how long to pause. */
const EXPOSED = 'retry-after, x-ratelimit-reset';

/** Allows pages of every origin, as the platforms do; not by `*`, because some SDKs send cookies. True: it answered a preflight. */
export function openToBrowsers(
  { method, headers }: Pick<IncomingMessage, 'method' | 'headers'>,
  response: ServerResponse,
): boolean {
  const { origin } = headers;
  if (origin !== undefined) {
    response.setHeader('access-control-allow-origin', origin);
    response.setHeader('access-control-allow-credentials', 'true');
    response.setHeader('access-control-expose-headers', EXPOSED);
    response.setHeader('vary', 'Origin');
  }
  if (method !== 'OPTIONS') return false;
  const wanted = headers['access-control-request-headers'];
  response.writeHead(204, {
    'access-control-allow-methods': headers['access-control-request-method'] ?? DEFAULT_METHODS,
    ...(wanted !== undefined && { 'access-control-allow-headers': wanted }),
    ...(headers['access-control-request-private-network'] === 'true' && {
      'access-control-allow-private-network': 'true',
    }),
    'access-control-max-age': '600',
  });
  response.end();
  return true;
}
