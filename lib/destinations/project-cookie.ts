import { cookieNames, readCookie } from '../identity/read-cookie.js';

/**
 * A vendor's cookie that is named after a project. Without a project's name it is the only one of its kind; of several
 * nobody can say which one is meant.
 */
export function readProjectCookie(
  request: unknown,
  name: string | undefined,
  isOfKind: (name: string) => boolean,
): string | undefined {
  if (name !== undefined) return readCookie(request, name);
  const [only, ...others] = cookieNames(request, isOfKind);
  return only === undefined || others.length > 0 ? undefined : readCookie(request, only);
}
