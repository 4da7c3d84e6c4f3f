/** Gives a wrapper the name and the metadata of what it wraps, as decorators do that know of others. */
export function dressAs(from: Function, to: object): void {
  Object.defineProperty(to, 'name', { value: from.name, configurable: true });
  for (const key of Reflect.getMetadataKeys(from) as unknown[]) {
    Reflect.defineMetadata(key, Reflect.getMetadata(key, from), to);
  }
}
