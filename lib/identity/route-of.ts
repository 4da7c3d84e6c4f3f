/** What a request was sent to, as the application wrote it: never its raw URL, which holds ids and worse. */
export interface Route {
  readonly method: string;
  /** Such as `/orders/:id`; empty while the platform has found none. */
  readonly pattern: string;
}

/** The route of an HTTP request, on Express or Fastify. */
export function routeOf(request: unknown): Route {
  const { method, baseUrl, route, routeOptions } = (request ?? {}) as MaybeRouted;
  const path = route?.path ?? routeOptions?.url;
  const base = route === undefined || typeof baseUrl !== 'string' ? '' : baseUrl;
  return {
    method: typeof method === 'string' ? method : '',
    pattern: typeof path === 'string' ? base + path : '',
  };
}

interface MaybeRouted {
  readonly method?: unknown;
  readonly baseUrl?: unknown;
  readonly route?: { readonly path?: unknown } | null;
  readonly routeOptions?: { readonly url?: unknown } | null;
}
