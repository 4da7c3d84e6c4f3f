import type { LaneEvent } from '../event/lane-event.js';
import type { JsonObject, JsonValue, TrackingEvent } from '../event/tracking-event.js';
import type { AllowedProperties, Destination } from './destination.js';

/** What every event may have whose name is not in the record. */
const OTHERS = '*';
const NONE: readonly string[] = [];

/**
 * The same destination, handed only the properties that its `allowProperties` name. What is stored, and what other destinations
 * are handed, stays as it is.
 */
export function withAllowedProperties(destination: Destination): Destination {
  const { allowProperties } = destination;
  if (allowProperties === undefined) return destination;
  const lists = new AllowList(allowProperties);
  const narrow = (held: LaneEvent): LaneEvent => narrowHeld(lists, held);
  const narrowed: Partial<Destination> = {
    ...(destination.accept && { accept: (event) => destination.accept!(lists.narrow(event)) }),
    ...(destination.partition && { partition: (held) => destination.partition!(narrow(held)) }),
    encode: (batch, attempt) => destination.encode(batch.map(narrow), attempt),
    ...(destination.decode && {
      decode: (answer, batch) => destination.decode!(answer, batch.map(narrow)),
    }),
  };
  // A view of the very object: it may be of a class of the application's own, with private members that a copy would not have.
  // Not a proxy of that object, which may be frozen: such a one has to answer with its very members.
  return new Proxy(Object.create(Object.getPrototypeOf(destination) as object | null) as Destination, {
    get(_, member) {
      if (Object.hasOwn(narrowed, member)) return narrowed[member as keyof Destination];
      const value: unknown = Reflect.get(destination, member, destination);
      return typeof value === 'function' ? (value.bind(destination) as unknown) : value;
    },
    has: (_, member) => Reflect.has(destination, member),
    set: (_, member, value) => Reflect.set(destination, member, value, destination),
    ownKeys: () => Reflect.ownKeys(destination),
    getOwnPropertyDescriptor: (_, member) => {
      const descriptor = Reflect.getOwnPropertyDescriptor(destination, member);
      return descriptor && { ...descriptor, configurable: true };
    },
  });
}

/** Without the JSON of the whole event, which may be at hand: a destination may send that as it is. */
function narrowHeld(lists: AllowList, { event, note }: LaneEvent): LaneEvent {
  const narrowed = lists.narrow(event);
  return note === undefined ? { event: narrowed } : { event: narrowed, note };
}

/** Which properties events may have, by their names. */
class AllowList {
  readonly #byEvent: ReadonlyMap<string, readonly string[]>;
  readonly #others: readonly string[];

  constructor(allowed: AllowedProperties) {
    this.#byEvent = new Map(isList(allowed) ? [] : Object.entries(allowed));
    this.#others = isList(allowed) ? [...allowed] : (this.#byEvent.get(OTHERS) ?? NONE);
  }

  narrow(event: TrackingEvent): TrackingEvent {
    return { ...event, properties: this.#picked(event) };
  }

  #picked({ name, properties }: TrackingEvent): JsonObject {
    const picked: [string, JsonValue][] = [];
    const names = this.#byEvent.get(name) ?? this.#others;
    for (const allowed of names) {
      if (Object.hasOwn(properties, allowed)) picked.push([allowed, properties[allowed]]);
    }
    return Object.fromEntries(picked);
  }
}

function isList(allowed: AllowedProperties): allowed is readonly string[] {
  return Array.isArray(allowed);
}
