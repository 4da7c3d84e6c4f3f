import { clientText } from '../event/client-text.js';

const MAX_SESSION_ID = 200;

/** One vendor's session, as a `SessionReader` gives it; `undefined` where the id is none. */
export function sessionOf(
  platform: string,
  id: unknown,
): Readonly<Record<string, string | number>> | undefined {
  const usable = typeof id === 'number' ? known(id) : clientText(id, MAX_SESSION_ID);
  return usable === undefined ? undefined : { [platform]: usable };
}

/** Amplitude writes -1 for no session. */
function known(id: number): number | undefined {
  return Number.isSafeInteger(id) && id > 0 ? id : undefined;
}
