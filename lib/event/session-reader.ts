/**
 * Reads from a request the session that a vendor's browser SDK says the browser is in, by platform: `{ googleAnalytics:
 * '1767225590' }`; `undefined` where there is none. Synchronous. A session is a claim of the client: it joins an event
 * of the server with a visit, and proves nobody's identity.
 *
 * @param request Express' or Fastify's request, the one that GraphQL's context holds, or a socket
 */
export type SessionReader = (
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- every platform has its own request
  request: any,
) => Readonly<Record<string, string | number>> | undefined;
