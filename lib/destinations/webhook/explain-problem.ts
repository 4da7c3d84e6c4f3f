import type { UnknownObject } from '../../event/json-values.js';
import { jsonObject } from '../answers.js';
import type { Answer, Explanation } from '../destination.js';
import { objectOf, textOf } from '../unknown-values.js';

/** Reads the receiver's reason from RFC 9457 problem details, or from the members that most APIs use. */
export function explainProblem(answer: Answer): Explanation | undefined {
  const problem = jsonObject(answer);
  const places: readonly UnknownObject[] = [objectOf(problem['error']), problem];
  const first = (...names: readonly string[]): string | undefined =>
    names.flatMap((name) => places.map((place) => textOf(place[name]))).find((text) => text !== undefined);
  return {
    code: first('code', 'type'),
    field: first('field'),
    message: first('message', 'detail', 'title', 'error'),
  };
}
