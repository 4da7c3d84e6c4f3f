import 'reflect-metadata';

/** The metadata key of Nest for a method's route. */
const PATH = 'path';

/**
 * Whether a method is the handler that Nest calls. OpenTelemetry's and Sentry's instrumentations replace the method by a
 * wrapper with the same metadata, including the route, because guards read it there.
 */
export function isHandler(method: unknown, handler: Function): boolean {
  if (method === handler) return true;
  if (typeof method !== 'function' || !Reflect.hasMetadata(PATH, method)) return false;
  const keys: unknown[] = Reflect.getMetadataKeys(method);
  return keys.every((key) => Reflect.getMetadata(key, handler) === Reflect.getMetadata(key, method));
}
