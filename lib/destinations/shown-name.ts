const MAX_SHOWN_NAME = 80;

/** The name of an event or property as a warning shows it. */
export function shownName(name: string): string {
  return name.slice(0, MAX_SHOWN_NAME);
}
