/** One request to the tracking API. */
export interface Operation {
  readonly kind: 'event' | 'properties' | 'alias';
  /** The last characters of the product key: enough to tell products apart, too little to write to one. */
  readonly product: string;
  readonly person: string;
  /** The event's name, or the other id of an alias. */
  readonly name: string;
  /** Whole seconds: the sender's with `_d=1`, else the time of arrival. */
  readonly second: number;
  readonly properties: Readonly<Record<string, string>>;
}

/** A request that the platform would answer with 200 and ignore. */
export interface InvalidRequest {
  readonly problems: readonly string[];
  readonly path: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly receivedAt: number;
}

const KINDS: Readonly<Record<string, Operation['kind'] | undefined>> = {
  '/e': 'event',
  '/s': 'properties',
  '/a': 'alias',
};
const OLDEST = Date.UTC(2009, 0, 1) / 1_000;
const MAX_VALUE_BYTES = 8_192;

/** The kind of operation that a path stands for, or `undefined` when it is not of the tracking API. */
export function kindOf(path: string): Operation['kind'] | undefined {
  return KINDS[path];
}

/**
 * Reads the parameters of a request as the API specification describes them. Problems are listed, not answered: the
 * platform answers 200 to everything.
 */
export function readOperation(path: string, encoded: string, now: number): Operation | InvalidRequest {
  const problems: string[] = [];
  const parameters = parse(encoded, problems);
  const kind = kindOf(path)!;
  const { _k: key = '', _p: person = '', _n: name = '', _t: time, _d: dated } = parameters;
  const properties: Record<string, string> = {};

  if (key === '') problems.push('_k is missing');
  if (person === '') problems.push('_p is missing');
  if (person.length > 255) problems.push('_p is longer than 255 characters');
  if (kind !== 'properties' && name.trim() === '') problems.push('_n is missing');
  if (name.length > (kind === 'alias' ? 255 : 254))
    problems.push(`_n is longer than ${kind === 'alias' ? 255 : 254} characters`);
  if (time !== undefined && !/^\d+$/.test(time)) problems.push('_t is not a whole number of seconds');
  if (dated === '1' && Number(time) < OLDEST) problems.push('_t is before 2009');
  for (const [property, value] of Object.entries(parameters)) {
    if (property.startsWith('_')) continue;
    properties[property] = value;
    if (property.length > 254) problems.push('the name of a property is longer than 254 characters');
    if (Buffer.byteLength(value) > MAX_VALUE_BYTES)
      problems.push('the value of a property is longer than 8 KB');
  }
  if (kind === 'properties' && Object.keys(properties).length === 0) problems.push('there is no property');

  if (problems.length > 0) {
    return { problems, path, parameters: { ...parameters, _k: tail(key) }, receivedAt: now };
  }
  const second = dated === '1' && time !== undefined ? Number(time) : Math.floor(now / 1_000);
  return {
    kind,
    product: tail(key),
    person,
    name: kind === 'event' ? plainName(name) : name,
    second,
    properties,
  };
}

/** The name as the platform stores it. */
function plainName(name: string): string {
  return name.replace(/[,:]/g, ' ');
}

function tail(key: string): string {
  return key.length > 4 ? `…${key.slice(-4)}` : '…';
}

function parse(encoded: string, problems: string[]): Record<string, string> {
  // Without a prototype: `__proto__` is a name like any other.
  const parameters = Object.create(null) as Record<string, string>;
  for (const pair of encoded.split('&')) {
    if (pair === '') continue;
    const at = pair.indexOf('=');
    const name = decode(at === -1 ? pair : pair.slice(0, at), problems);
    if (name in parameters) problems.push('a parameter is repeated');
    parameters[name] = at === -1 ? '' : decode(pair.slice(at + 1), problems);
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
    problems.push('the percent-encoding is invalid');
    return spaced;
  }
}
