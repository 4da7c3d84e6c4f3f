import type { Destination } from '../destinations/destination.js';

/**
 * The same destination with some members replaced. A view of the same object, because a copy would lack the private members of
 * a class.
 */
export function observedDestination(real: Destination, replaced: Partial<Destination>): Destination {
  return new Proxy(Object.create(Object.getPrototypeOf(real) as object | null) as Destination, {
    get(_, member) {
      if (Object.hasOwn(replaced, member)) return replaced[member as keyof Destination];
      const value: unknown = Reflect.get(real, member, real);
      return typeof value === 'function' ? (value.bind(real) as unknown) : value;
    },
    has: (_, member) => Reflect.has(real, member) || Object.hasOwn(replaced, member),
    set: (_, member, value) => Reflect.set(real, member, value, real),
    ownKeys: () => [...new Set([...Reflect.ownKeys(real), ...Reflect.ownKeys(replaced)])],
    getOwnPropertyDescriptor: (_, member) => {
      const descriptor =
        Reflect.getOwnPropertyDescriptor(replaced, member) ?? Reflect.getOwnPropertyDescriptor(real, member);
      return descriptor && { ...descriptor, configurable: true };
    },
  });
}
