import { usableSessionId } from '../event/browser-ids.js';

/** One vendor's session, as a `SessionReader` gives it; `undefined` where the id is none. */
export function sessionOf(
  platform: string,
  id: unknown,
): Readonly<Record<string, string | number>> | undefined {
  const usable = usableSessionId(id);
  return usable === undefined ? undefined : { [platform]: usable };
}
