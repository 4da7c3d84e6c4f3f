import { OversizeError } from '../event/unserialisable.js';
import { guarded } from '../host/guarded.js';

/** Whether something was too large to copy. A thrown proxy may throw for `instanceof`, too. */
export function isOversize(error: unknown): boolean {
  return guarded(() => error instanceof OversizeError) === true;
}
