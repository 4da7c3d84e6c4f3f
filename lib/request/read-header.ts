/**
 * One header of a request; `undefined` if it is absent. Reads HTTP requests, the handshake of socket.io, and the upgrade request
 * that a `ws` socket has kept (`upgradeReq` or `request`).
 *
 * The value is the client's claim, never a verified user.
 *
 * @param name in lower case, as Node keeps them
 */
export function readHeader(request: unknown, name: string): string | undefined {
  const headers = headersOf(request);
  if (headers === undefined) return undefined;
  if (headers instanceof Headers) return headers.get(name) ?? undefined;
  // Node's object inherits from Object.prototype: a header named `constructor` must not find that.
  const value = Object.hasOwn(headers, name) ? headers[name] : undefined;
  if (Array.isArray(value)) return value.every((each) => each === value[0]) ? textOf(value[0]) : undefined;
  return textOf(value);
}

/**
 * As {@link readHeader}, for a header that may be sent once. `undefined` if it was sent several times: Node joins the values with
 * commas, and it is unknown which of them comes from a gateway and which from the client.
 */
export function readSingleHeader(request: unknown, name: string): string | undefined {
  const value = readHeader(request, name);
  return value === undefined || !value.includes(',') || !isRepeated(request, name) ? value : undefined;
}

/** The headers of any kind of request. */
export function headersOf(request: unknown): Readonly<Record<string, unknown>> | undefined {
  if (typeof request !== 'object' || request === null) return undefined;
  const { headers, handshake, upgradeReq, request: upgrade } = request as MaybeHeaders;
  const found = headers ?? handshake?.headers ?? upgradeReq?.headers ?? upgrade?.headers;
  return typeof found === 'object' && found !== null
    ? (found as Readonly<Record<string, unknown>>)
    : undefined;
}

function isRepeated(request: unknown, name: string): boolean {
  const { rawHeaders, raw, upgradeReq, request: upgrade } = request as MaybeHeaders;
  const lines = rawHeaders ?? raw?.rawHeaders ?? upgradeReq?.rawHeaders ?? upgrade?.rawHeaders;
  if (!Array.isArray(lines)) return false;
  let times = 0;
  for (let i = 0; i < lines.length; i += 2) {
    if (String(lines[i]).toLowerCase() === name) times++;
  }
  return times > 1;
}

interface MaybeHeaders {
  readonly headers?: unknown;
  readonly rawHeaders?: unknown;
  readonly raw?: { readonly rawHeaders?: unknown } | null;
  readonly handshake?: { readonly headers?: unknown } | null;
  readonly upgradeReq?: { readonly headers?: unknown; readonly rawHeaders?: unknown } | null;
  readonly request?: { readonly headers?: unknown; readonly rawHeaders?: unknown } | null;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
