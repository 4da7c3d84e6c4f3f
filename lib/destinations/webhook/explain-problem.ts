import type { Answer, Explanation } from '../destination.js';
import { jsonObject, objectOf } from '../json-object.js';

/** Reads the receiver's reason from RFC 9457 problem details, or from the members that most APIs use. */
export function explainProblem(answer: Answer): Explanation | undefined {
  const problem = jsonObject(answer);
  const error = objectOf(problem['error']);
  const first = (...names: readonly string[]): string | undefined =>
    names.flatMap((name) => [error[name], problem[name]]).find(isText);
  const code = first('code', 'type');
  const field = first('field');
  const message = first('message', 'detail', 'title', 'error');
  return {
    ...(code !== undefined && { code }),
    ...(field !== undefined && { field }),
    ...(message !== undefined && { message }),
  };
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
