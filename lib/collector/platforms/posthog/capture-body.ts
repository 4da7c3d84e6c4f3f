import type { CollectorRequest } from '../../platform.js';
import { parseJson } from '../reading/json.js';

/**
 * The JSON of a request to the paths of `/batch/`. posthog-js also sends forms with `data=` in base64 (beacons, or
 * `compression=base64`), and a GET has `data` in its query. Undefined: none of these.
 */
export function captureBody({ body, query }: CollectorRequest): unknown {
  const first = body.charCodeAt(0);
  if (first === 123 || first === 91) return parseJson(body);
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
