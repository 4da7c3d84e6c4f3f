/**
 * Reads from a request the session that a vendor's browser SDK says the browser is in, by platform:
 * `{ googleAnalytics: '1767225590' }`; `undefined` where there is none. Synchronous. It is what the client says: good for
 * joining a server's event with a visit, never a proof of who somebody is.
 *
 * @param request Express' or Fastify's request, the one that GraphQL's context holds, or a socket
 */
export type SessionReader = (
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- every platform has its own request
  request: any,
) => Readonly<Record<string, string | number>> | undefined;
