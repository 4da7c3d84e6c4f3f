import { guarded } from '../host/guarded.js';

const CODE = /^[A-Z0-9_]{1,40}$/;

/** The code of an error, also of its cause, as `fetch()` reports one. Never its text, which may carry URLs, headers and secrets. */
export function failureCode(error: unknown): string | undefined {
  return guarded(() => {
    const { code, cause } = Object(error) as { code?: unknown; cause?: { code?: unknown } | null };
    return [code, cause?.code].find((each): each is string => typeof each === 'string' && CODE.test(each));
  });
}
