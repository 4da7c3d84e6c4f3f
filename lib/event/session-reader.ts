/**
 * Reads the session id of a vendor's browser SDK from a request, by platform: `{ googleAnalytics: '1767225590' }`; `undefined` if
 * there is none. Synchronous. A session is a claim of the client: it joins an event of the server with a visit, and proves no
 * identity.
 *
 * @param request Express' or Fastify's request, the one that GraphQL's context holds, or a socket
 */
export type SessionReader = (
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- every platform has its own request
  request: any,
) => Readonly<Record<string, string | number>> | undefined;
