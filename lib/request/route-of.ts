/** The route of a request as the application declared it. Never the raw URL, which may contain ids and secrets. */
export interface Route {
  readonly method: string;
  /** Such as `/orders/:id`; empty until the platform has found the route. */
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

/** Far more than any application has. It bounds the walk through a cycle. */
const MAX_DEPTH = 10;

/**
 * The patterns at which an Express application is mounted. `request.baseUrl` contains the values of parameters instead. Empty if
 * a pattern is unknown.
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
