import type { CollectorPlatform } from '../../platform.js';
import { PIXEL } from '../reading/reading.js';
import { longUrl, noForm } from './kissmetrics.messages.js';
import { readOperation, readParameters, type OperationKind } from './operation.js';

const OPERATIONS: ReadonlyMap<string, OperationKind> = new Map([
  ['/e', 'track'],
  ['/s', 'identify'],
  ['/a', 'alias'],
]);
/** The bytes of the pixel are not documented. */
const SUCCESS = { status: 200, headers: { 'content-type': 'image/gif' }, body: PIXEL };
/** Without the host's own part. */
const MAX_SEARCH_LENGTH = 1_970;
const FORM = 'application/x-www-form-urlencoded';

/** KISSmetrics: one operation per request, and 200 with a pixel for every request. It documents no other answer. */
export const kissmetrics: CollectorPlatform = {
  name: 'kissmetrics',
  title: 'KISSmetrics',
  ignoresCase: true,

  read({ method, path, search, headers, body, receivedAt }) {
    const kind = OPERATIONS.get(path);
    if (kind === undefined) return undefined;
    const problems: string[] = [];
    const isPost = method === 'POST';
    const encoded = isPost && body !== '' ? (search === '' ? body : `${search}&${body}`) : search;
    const parameters = readParameters(encoded, problems);
    if (search.length > MAX_SEARCH_LENGTH) problems.push(longUrl);
    const { 'content-type': type = FORM } = headers;
    if (isPost && body !== '' && !type.toLowerCase().startsWith(FORM)) problems.push(noForm);
    const event = readOperation(kind, parameters, receivedAt, problems);
    return { events: [event], answer: SUCCESS, problems: [], account: parameters.own._k };
  },

  answer: () => undefined,
};
