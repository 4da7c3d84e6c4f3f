import 'reflect-metadata';

/** Under what Nest keeps a method's route. */
const PATH = 'path';

/**
 * Whether a method is the handler that Nest calls. OpenTelemetry's and Sentry's instrumentations hand Nest a wrapper in the
 * method's place; but it carries the metadata of the method, its route among it, because guards read it there.
 */
export function isHandler(method: unknown, handler: Function): boolean {
  if (method === handler) return true;
  if (typeof method !== 'function' || !Reflect.hasMetadata(PATH, method)) return false;
  const keys: unknown[] = Reflect.getMetadataKeys(method);
  return keys.every((key) => Reflect.getMetadata(key, handler) === Reflect.getMetadata(key, method));
}
