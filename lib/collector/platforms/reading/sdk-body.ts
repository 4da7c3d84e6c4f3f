import type { CollectorRequest } from '../../platform.js';
import { parseJson } from './json.js';

const OPENS = new Set(['{', '[']);

/**
 * The JSON of a request of a server or of a browser SDK, which also sends forms with a field `data` (JSON, or JSON in base64), or
 * has `data` in the query of a GET. Undefined: none of these.
 */
export function sdkBody({ body, query }: CollectorRequest): unknown {
  if (OPENS.has(body[0]!)) return parseJson(body);
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
