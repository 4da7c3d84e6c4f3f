import { guarded } from '../host/guarded.js';
import { clientId, clientText } from './client-text.js';
import { isObject } from './json-values.js';
import { isSharedId } from './shared-ids.js';

/**
 * Ids that one platform's browser library keeps in the browser that sent a request. They are claims of a client and prove no
 * identity. Frozen with the event. Only the destination whose resolvers read them gets them.
 */
export interface BrowserIds {
  /** The id that the library gave the browser before a person signed in. */
  readonly anonymousId?: string | undefined;
  /** The library's id of the visit. */
  readonly sessionId?: string | number | undefined;
  /** Ids of advertising clicks, by the platform's own names, such as `fbc`. */
  readonly clickIds?: Readonly<Record<string, string>> | undefined;
}

/** The browser ids of an event or of a request, by the destination's name. */
export type BrowserIdsByDestination = Readonly<Record<string, BrowserIds>>;

/** Far more than any application has. Bounds the data from a job's payload. */
const MAX_DESTINATIONS = 50;
const MAX_CLICK_IDS = 20;
const MAX_SESSION_ID = 200;
/** A destination's name may have any characters. */
const DESTINATION = /^\P{Cc}{1,100}$/u;
const CLICK_ID = /^[\w.-]{1,50}$/;

/**
 * Sanitises one destination's browser ids, which come from a client or a queue: cuts texts, removes control characters and
 * words that many people share. `undefined` if nothing is left. Throws if a getter throws.
 */
export function usableBrowserIds({
  anonymousId,
  sessionId,
  clickIds,
}: MaybeBrowserIds): BrowserIds | undefined {
  const anonymous = usableAnonymousId(anonymousId);
  const session = usableSessionId(sessionId);
  const clicks = usableClickIds(clickIds);
  if (anonymous === undefined && session === undefined && clicks === undefined) return undefined;
  return Object.freeze({
    ...(anonymous !== undefined && { anonymousId: anonymous }),
    ...(session !== undefined && { sessionId: session }),
    ...(clicks !== undefined && { clickIds: clicks }),
  });
}

/** A usable session id. Amplitude writes -1 for none. */
export function usableSessionId(id: unknown): string | number | undefined {
  if (typeof id !== 'number') return clientText(id, MAX_SESSION_ID);
  return Number.isSafeInteger(id) && id > 0 ? id : undefined;
}

/** The usable browser ids of several destinations; `undefined` if there are none. Never throws. */
export function usableByDestination(given: unknown): BrowserIdsByDestination | undefined {
  if (!isObject(given)) return undefined;
  return guarded(() => {
    const usable: [string, BrowserIds][] = [];
    for (const [name, ids] of Object.entries(given).slice(0, MAX_DESTINATIONS)) {
      const known = DESTINATION.test(name) && isObject(ids) ? usableBrowserIds(ids) : undefined;
      if (known !== undefined) usable.push([name, known]);
    }
    return byDestination(usable);
  });
}

/** A frozen object with own members for any names; `undefined` if there are none. */
export function byDestination(entries: readonly [string, BrowserIds][]): BrowserIdsByDestination | undefined {
  return entries.length === 0 ? undefined : Object.freeze(Object.fromEntries(entries));
}

/** The browser ids of one destination, whose name may be a member of every object, such as `constructor`. */
export function browserIdsOf(
  all: BrowserIdsByDestination | undefined,
  destination: string,
): BrowserIds | undefined {
  return all !== undefined && Object.hasOwn(all, destination) ? all[destination] : undefined;
}

/** Whether a browser is known to one of these destinations; default: to any. */
export function hasAnonymousId(
  all: BrowserIdsByDestination | undefined,
  destinations: readonly string[] | undefined = all && Object.keys(all),
): all is BrowserIdsByDestination {
  return destinations?.some((name) => browserIdsOf(all, name)?.anonymousId !== undefined) ?? false;
}

/**
 * The browser id that identifies a person without other ids, and its destination: the first by the destination's
 * name, so that the order of options makes no difference.
 */
export function anyBrowserId(
  all: BrowserIdsByDestination | undefined,
): { readonly destination: string; readonly id: string } | undefined {
  let destination: string | undefined;
  for (const name in all) {
    if ((destination === undefined || name < destination) && all[name]?.anonymousId !== undefined)
      destination = name;
  }
  return destination === undefined ? undefined : { destination, id: all![destination]!.anonymousId! };
}

/** The estimated units of their JSON. */
export function sizeOfBrowserIds(all: BrowserIdsByDestination): number {
  let units = 16;
  for (const name in all) {
    const { anonymousId, sessionId, clickIds } = all[name]!;
    units += name.length + 6 + unitsOf('anonymousId', anonymousId) + unitsOf('sessionId', sessionId);
    for (const click in clickIds) units += unitsOf(click, clickIds[click]) + 2;
  }
  return units;
}

function unitsOf(name: string, value: string | number | undefined): number {
  return value === undefined ? 0 : name.length + String(value).length + 6;
}

/** Unchecked browser ids of a resolver or a job's payload. */
export type MaybeBrowserIds = { readonly [Member in keyof BrowserIds]?: unknown };

function usableAnonymousId(id: unknown): string | undefined {
  const text = clientId(id);
  return text === undefined || isSharedId(text) ? undefined : text;
}

function usableClickIds(given: unknown): Readonly<Record<string, string>> | undefined {
  if (!isObject(given)) return undefined;
  const usable: [string, string][] = [];
  for (const [name, value] of Object.entries(given).slice(0, MAX_CLICK_IDS)) {
    const id = CLICK_ID.test(name) ? clientId(value) : undefined;
    if (id !== undefined) usable.push([name, id]);
  }
  return usable.length === 0 ? undefined : Object.freeze(Object.fromEntries(usable));
}
