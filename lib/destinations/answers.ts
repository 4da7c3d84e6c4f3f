import { objectOf, parsedJson, type UnknownObject } from '../event/json-values.js';
import type { Answer, Destination } from './destination.js';

/** What a destination reads in an answer. */
export type Decoded = ReturnType<Required<Destination>['decode']>;

/** The members of an answer that is a JSON object; empty for any other answer. */
export function jsonObject({ body }: Pick<Answer, 'body'>): UnknownObject {
  return objectOf(parsedJson(body));
}

/** `decode` of an API whose answers are data: the destination's own, if it has one, for all answers but web pages. */
export function decodeData(decode?: Destination['decode']): Required<Destination>['decode'] {
  return (answer, batch) => (isWebPage(answer) ? 'misconfigured' : decode?.(answer, batch));
}

/** A page for browsers with a 2xx: the host is an application or a proxy in place of the API, and the events are not stored. */
function isWebPage({ status, headers, body }: Answer): boolean {
  if (status < 200 || status > 299) return false;
  return headers['content-type']?.startsWith('text/html') === true && body.trimStart().startsWith('<');
}
