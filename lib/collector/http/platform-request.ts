import type { IncomingMessage } from 'node:http';
import type { CollectorRequest } from '../platform.js';
import type { RequestTarget } from './request-target.js';

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
