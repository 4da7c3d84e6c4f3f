import type { IncomingMessage } from 'node:http';
import type { CollectorRequest } from '../platform.js';

export interface RequestTarget {
  readonly path: string;
  /** Without `?`. */
  readonly search: string;
}

/** Splits the target of a request; a proxy's form, `http://host/path`, too. `new URL()` is slower, and throws on hostile text. */
export function readTarget(url = '/'): RequestTarget {
  const whole = url.startsWith('/') ? url : url.replace(/^https?:\/\/[^/?]*/i, '') || '/';
  const end = whole.indexOf('?');
  return end === -1
    ? { path: whole, search: '' }
    : { path: whole.slice(0, end), search: whole.slice(end + 1) };
}

/** A request as a platform reads it. Its query is parsed only for a platform that asks for it. */
export class PlatformRequest implements CollectorRequest {
  readonly method: string;
  readonly path: string;
  readonly search: string;
  readonly headers: Readonly<Record<string, string>>;
  #query: URLSearchParams | undefined;

  constructor(
    { method = 'GET', headers }: Pick<IncomingMessage, 'method' | 'headers'>,
    { path, search }: RequestTarget,
    readonly body: string,
    readonly receivedAt: number,
  ) {
    this.method = method;
    this.path = path;
    this.search = search;
    const { 'set-cookie': list, ...others } = headers;
    // The only header that Node.js makes a list of. It is one of answers.
    this.headers = (list === undefined ? headers : others) as Record<string, string>;
  }

  get query(): URLSearchParams {
    return (this.#query ??= new URLSearchParams(this.search));
  }
}
