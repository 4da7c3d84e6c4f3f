/** The registry of `@opentelemetry/api` (1.x), and the context key that its SDK reads before it makes a span. */
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
 * Runs `fn` so that OpenTelemetry, if installed, makes no spans of its requests: their URLs may contain a key and a person's id.
 * Reads the API's registry from the global object, so that the API is no dependency.
 */
export function suppressTracing<T>(fn: () => T): T {
  const manager = (globalThis as { [API]?: OtelRegistry })[API]?.context;
  if (manager === undefined) return fn();
  return manager.with(manager.active().setValue(SUPPRESS, true), fn);
}
