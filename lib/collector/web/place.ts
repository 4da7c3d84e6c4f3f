import type { EventKind, ReceivedOutcome } from '../api/responses.js';
import { queryOf } from './api.js';
import { createStore } from './store.js';

export const VIEWS = ['events', 'names', 'people', 'requests'] as const;
export type View = (typeof VIEWS)[number];
export const OUTCOMES: readonly ReceivedOutcome[] = ['delivered', 'duplicate', 'rejected', 'dropped'];

/** The view and its filters. They are in the query of the page's URL, so that a view can be shared. */
export interface Place {
  readonly view: View;
  readonly platform?: string | undefined;
  readonly kind?: EventKind | undefined;
  readonly name?: string | undefined;
  readonly person?: string | undefined;
  readonly outcome?: ReceivedOutcome | undefined;
  readonly search?: string | undefined;
  readonly event?: number | undefined;
  readonly request?: number | undefined;
}

const TEXTS = ['platform', 'kind', 'name', 'person', 'outcome', 'search'] as const;
const NUMBERS = ['event', 'request'] as const;

export function parsePlace(query: string): Place {
  const values = new URLSearchParams(query);
  const view = VIEWS.find((each) => each === values.get('view')) ?? 'events';
  const place: Record<string, unknown> = { view };
  for (const key of TEXTS) place[key] = values.get(key) ?? undefined;
  for (const key of NUMBERS) {
    const value = Number(values.get(key));
    if (Number.isSafeInteger(value) && value > 0) place[key] = value;
  }
  if (!OUTCOMES.some((each) => each === place['outcome'])) delete place['outcome'];
  return place as unknown as Place;
}

export function placeQuery({ view, ...filters }: Place): string {
  return queryOf({ view: view === 'events' ? undefined : view, ...filters });
}

export const place = createStore(parsePlace(location.search));
addEventListener('popstate', () => place.set(parsePlace(location.search)));

/** Shows another place; `replace`: the Back button skips the present one. */
export function go(to: Place, { replace = false } = {}): void {
  history[replace ? 'replaceState' : 'pushState'](null, '', placeQuery(to));
  place.set(to);
}

export function goWith(changes: Partial<Place>, options?: { replace?: boolean }): void {
  go({ ...place.get(), ...changes }, options);
}
