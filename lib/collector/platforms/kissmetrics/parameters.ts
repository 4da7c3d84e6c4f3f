import { invalidEncoding, repeatedParameter } from './kissmetrics.messages.js';

/** The parameters of a request that the API names; empty where one is absent. */
export interface OwnParameters {
  _k: string;
  _p: string;
  _n: string;
  _t: string;
  _d: string;
}

/** The parameters of a request. */
export interface Parameters {
  readonly own: Readonly<OwnParameters>;
  /** Those that do not begin with an underscore: others are reserved, so that none of these is `__proto__`. */
  readonly properties: Readonly<Record<string, string>>;
}

const UNDERSCORE = 95;
const PLUS = /\+/g;

/** Reads a query or a form. Adds what is wrong with it to `problems`. Written for speed: each event is a request. */
export function readParameters(encoded: string, problems: string[]): Parameters {
  const own: OwnParameters = { _k: '', _p: '', _n: '', _t: '', _d: '' };
  const properties: Record<string, string> = {};
  for (let start = 0, end; start < encoded.length; start = end + 1) {
    end = encoded.indexOf('&', start);
    if (end === -1) end = encoded.length;
    if (end === start) continue;
    let equals = encoded.indexOf('=', start);
    if (equals === -1 || equals > end) equals = end;
    const name = decode(encoded.slice(start, equals), problems);
    const value = decode(encoded.slice(equals + 1, end), problems);
    if (name.charCodeAt(0) !== UNDERSCORE) {
      if (Object.hasOwn(properties, name)) add(problems, repeatedParameter);
      properties[name] = value;
    } else if (Object.hasOwn(own, name)) {
      if (own[name as keyof OwnParameters] !== '') add(problems, repeatedParameter);
      own[name as keyof OwnParameters] = value;
    }
  }
  return { own, properties };
}

/** The specification's samples encode a space as `+`, the official clients as `%20`. */
function decode(text: string, problems: string[]): string {
  const spaced = text.includes('+') ? text.replace(PLUS, ' ') : text;
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
