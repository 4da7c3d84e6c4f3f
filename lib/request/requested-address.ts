/** The raw URL of a request or a socket's handshake. It is read for a campaign or the id of a click, and never kept. */
export function addressOfRequest(request: unknown): string | undefined {
  if (typeof request !== 'object' || request === null) return undefined;
  const { originalUrl, url, handshake, upgradeReq, request: upgrade } = request as MaybeAddressed;
  const found = originalUrl ?? url ?? handshake?.url ?? upgradeReq?.url ?? upgrade?.url;
  return typeof found === 'string' ? found : undefined;
}

interface MaybeAddressed {
  /** Express and Fastify, whatever a mounted application has cut off. */
  readonly originalUrl?: unknown;
  readonly url?: unknown;
  readonly handshake?: { readonly url?: unknown } | null;
  readonly upgradeReq?: { readonly url?: unknown } | null;
  readonly request?: { readonly url?: unknown } | null;
}
