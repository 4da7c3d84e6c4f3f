/** Where `@opentelemetry/api` (1.x) keeps its one registry, and the context key its SDK asks before it makes a span. */
const API = Symbol.for('opentelemetry.js.api.1');
const SUPPRESS = Symbol.for('OpenTelemetry SDK Context Key SUPPRESS_TRACING');

interface OtelContext {
  setValue(key: symbol, value: unknown): OtelContext;
}

interface OtelRegistry {
  readonly context?: {
    active(): OtelContext;
    with<T>(context: OtelContext, fn: () => T): T;
  };
}

/**
 * Runs `fn` so that OpenTelemetry, where the application has it, makes no spans of the requests in it: their URLs may carry
 * a key and a person. Reads the registry that the API publishes on the global object, so that it is no dependency.
 */
export function suppressTracing<T>(fn: () => T): T {
  const manager = (globalThis as { [API]?: OtelRegistry })[API]?.context;
  if (manager === undefined) return fn();
  return manager.with(manager.active().setValue(SUPPRESS, true), fn);
}
