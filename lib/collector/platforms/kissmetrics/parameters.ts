import { guarded } from '../../../host/guarded.js';
import { invalidEncoding, repeatedParameter } from './kissmetrics.messages.js';

/** The parameters of a request that the API names; '' if one is absent. */
export type OwnParameters = Record<'_k' | '_p' | '_n' | '_t' | '_d', string>;

/** The parameters of a request. */
export interface Parameters {
  readonly own: Readonly<OwnParameters>;
  /** Those that do not begin with an underscore: others are reserved, so that none of these is `__proto__`. */
  readonly properties: Readonly<Record<string, string>>;
}

const UNDERSCORE = 95;
const PLUS = /\+/g;

/** Reads a query or a form. Adds what is wrong with it to `problems`. */
export function readParameters(encoded: string, problems: string[]): Parameters {
  const own: OwnParameters = { _k: '', _p: '', _n: '', _t: '', _d: '' };
  const properties: Record<string, string> = {};
  for (const part of encoded.split('&').filter((each) => each !== '')) {
    const equals = part.indexOf('=');
    const name = decode(equals === -1 ? part : part.slice(0, equals), problems);
    const value = equals === -1 ? '' : decode(part.slice(equals + 1), problems);
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
  const decoded = guarded(() => decodeURIComponent(spaced));
  if (decoded === undefined) add(problems, invalidEncoding);
  return decoded ?? spaced;
}

function add(problems: string[], problem: string): void {
  if (!problems.includes(problem)) problems.push(problem);
}
