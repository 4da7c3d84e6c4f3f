import { invalidEncoding, repeatedParameter } from './kissmetrics.messages.js';

/** The parameters of a request, without a prototype: `__proto__` is a name like any other. */
export type Parameters = Readonly<Record<string, string>>;

/** Reads a query or a form. Adds what is wrong with it to `problems`. */
export function readParameters(encoded: string, problems: string[]): Parameters {
  const parameters = Object.create(null) as Record<string, string>;
  for (let start = 0; start < encoded.length;) {
    let end = encoded.indexOf('&', start);
    if (end === -1) end = encoded.length;
    if (end > start) {
      const equals = encoded.indexOf('=', start);
      const isPair = equals !== -1 && equals < end;
      const name = decode(encoded.slice(start, isPair ? equals : end), problems);
      if (name in parameters) add(problems, repeatedParameter);
      parameters[name] = isPair ? decode(encoded.slice(equals + 1, end), problems) : '';
    }
    start = end + 1;
  }
  return parameters;
}

/** The specification's samples encode a space as `+`, the official clients as `%20`. */
function decode(text: string, problems: string[]): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text;
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    add(problems, invalidEncoding);
    return spaced;
  }
}

function add(problems: string[], problem: string): void {
  if (!problems.includes(problem)) problems.push(problem);
}
