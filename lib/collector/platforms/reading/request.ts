import type { CollectorRequest } from '../../platform.js';
import { parseJson } from './json.js';

/** The user of a Basic `Authorization` header; undefined: there is none, or it is empty. */
export function basicUser(header: string | undefined): string | undefined {
  if (header === undefined || !/^basic /i.test(header)) return undefined;
  const text = Buffer.from(header.slice('Basic '.length), 'base64').toString();
  const [user = ''] = text.split(':', 1);
  return user === '' ? undefined : user;
}

/** The token of a Bearer `Authorization` header; undefined: there is none, or it is empty. */
export function bearerToken(header: string | undefined): string | undefined {
  return header === undefined ? undefined : /^bearer +(\S+)$/i.exec(header)?.[1];
}

/** The path without the slash at its end, which some SDKs add. */
export function pathOf({ path }: CollectorRequest): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}

/** The JSON of a server or a browser SDK, which also sends it as `data` in a form or in the query of a GET, plain or in base64. */
export function sdkBody({ body, query }: CollectorRequest): unknown {
  if (body.startsWith('{') || body.startsWith('[')) return parseJson(body);
  if (body === '') return decoded(query.get('data'));
  return body.startsWith('data=') || body.includes('&data=')
    ? decoded(new URLSearchParams(body).get('data'))
    : (parseJson(body) ?? decoded(body));
}

function decoded(text: string | null): unknown {
  if (text === null || text === '') return undefined;
  // A plus sign that was not escaped became a space.
  return parseJson(text) ?? parseJson(Buffer.from(text.replaceAll(' ', '+'), 'base64').toString());
}
