/** What a request was sent to, as the application wrote it: never its raw URL, which holds ids and worse. */
export interface Route {
  readonly method: string;
  /** Such as `/orders/:id`; empty while the platform has found none. */
  readonly pattern: string;
}

/** The route of an HTTP request, on Express or Fastify. */
export function routeOf(request: unknown): Route {
  const { method, baseUrl, route, routeOptions, app } = (request ?? {}) as MaybeRouted;
  const path = route?.path ?? routeOptions?.url;
  const mount = route === undefined || typeof baseUrl !== 'string' || baseUrl === '' ? '' : mountOf(app);
  return {
    method: typeof method === 'string' ? method : '',
    pattern: typeof path === 'string' ? mount + path : '',
  };
}

/** Far beyond any depth that somebody nests applications to; a circle is not followed for ever. */
const MAX_DEPTH = 10;

/**
 * Where an Express application was mounted, by its patterns: `request.baseUrl` is the part of the address itself, with all
 * that its parameters hold. Empty where a pattern is not known for certain.
 */
function mountOf(app: unknown): string {
  let mount = '';
  let mounted = app as MaybeMounted | null | undefined;
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    if (mounted?.parent === undefined) return mount;
    const { mountpath } = mounted;
    if (typeof mountpath !== 'string') return '';
    mount = mountpath === '/' ? mount : mountpath + mount;
    mounted = mounted.parent;
  }
  return '';
}

interface MaybeMounted {
  readonly mountpath?: unknown;
  readonly parent?: MaybeMounted | null;
}

interface MaybeRouted {
  readonly method?: unknown;
  readonly baseUrl?: unknown;
  readonly route?: { readonly path?: unknown } | null;
  readonly routeOptions?: { readonly url?: unknown } | null;
  readonly app?: unknown;
}
