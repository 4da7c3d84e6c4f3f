/** The raw URL of a request or a socket's handshake. Read for a campaign or a click id, and never stored. */
export function addressOfRequest(request: unknown): string | undefined {
  if (typeof request !== 'object' || request === null) return undefined;
  const { originalUrl, url, handshake, upgradeReq, request: upgrade } = request as MaybeAddressed;
  const found = originalUrl ?? url ?? handshake?.url ?? upgradeReq?.url ?? upgrade?.url;
  return typeof found === 'string' ? found : undefined;
}

interface MaybeAddressed {
  /** Express and Fastify: the whole URL, also in a mounted application. */
  readonly originalUrl?: unknown;
  readonly url?: unknown;
  readonly handshake?: { readonly url?: unknown } | null;
  readonly upgradeReq?: { readonly url?: unknown } | null;
  readonly request?: { readonly url?: unknown } | null;
}
