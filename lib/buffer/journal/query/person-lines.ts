import type { LogLine } from '../files/log-lines.js';
import { deadLetterOf, encodeDeadLetter } from '../format/dead-letter-line.js';
import type { Person } from './person.js';

/**
 * A dead-letter line without any trace of a person. Its answer may name another person than its event.
 *
 * @param isErased whether an event was about the person by the entries of other lanes
 */
export function letterWithout(
  { value, text }: LogLine,
  person: Person,
  isErased: (id: string) => boolean = () => false,
): string | undefined {
  const line = value && deadLetterOf(value);
  if (line === undefined) return person.isNamedIn(text) ? undefined : text;
  if ('gone' in line) {
    const isNamed = line.why !== undefined && person.isNamedIn(line.why);
    return isNamed ? encodeDeadLetter({ ...line, why: undefined }).trimEnd() : text;
  }
  const entries = line.entry && { [line.lane]: line.entry };
  if (isErased(line.event.id) || person.isInEvent(line.event, entries)) return undefined;
  const isNamed = line.answer !== undefined && person.isNamedIn(line.answer);
  return isNamed ? encodeDeadLetter({ ...line, answer: undefined }).trimEnd() : text;
}
