/** One step of the paths of rules. */
export interface Place {
  isEnd: boolean;
  readonly members: Map<string, Place>;
  any: Place | undefined;
}

export const NOWHERE: readonly Place[] = Object.freeze([]);

/** The places below one root (`properties` or `context`) that paths lead to. */
export function placesBelow(root: string, paths: readonly string[]): readonly Place[] {
  const below = paths.map((path) => path.split('.')).filter(([first]) => first === root);
  if (below.length === 0) return NOWHERE;
  const place = newPlace();
  for (const [, ...steps] of below) {
    let at = place;
    for (const step of steps) at = stepTo(at, step);
    at.isEnd = true;
  }
  return [place];
}

/** The places of a member. A name with dots is also read as several steps. */
export function ofMember(places: readonly Place[], name: string): readonly Place[] {
  if (places.length === 0) return NOWHERE;
  const found = oneStep(places, name);
  if (!name.includes('.')) return found;
  let several = places;
  for (const step of name.split('.')) {
    several = oneStep(several, step);
    if (several.some(({ isEnd }) => isEnd)) break;
  }
  return found.length === 0 ? several : [...found, ...several];
}

/** The places of an element. A path without an index or `*` applies to each element. */
export function ofElement(places: readonly Place[], index: number): readonly Place[] {
  return places.length === 0
    ? NOWHERE
    : places.flatMap((place) => {
        const found = oneStep([place], String(index));
        return found.length === 0 ? [place] : found;
      });
}

function oneStep(places: readonly Place[], step: string): readonly Place[] {
  let found: Place[] | undefined;
  for (const { members, any } of places) {
    const named = members.get(step);
    if (named !== undefined) (found ??= []).push(named);
    if (any !== undefined) (found ??= []).push(any);
  }
  return found ?? NOWHERE;
}

function stepTo(place: Place, step: string): Place {
  if (step === '*') return (place.any ??= newPlace());
  const known = place.members.get(step);
  if (known !== undefined) return known;
  const made = newPlace();
  place.members.set(step, made);
  return made;
}

function newPlace(): Place {
  return { isEnd: false, members: new Map(), any: undefined };
}
