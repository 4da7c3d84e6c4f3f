import { gunzipSync } from 'node:zlib';
import type { OutgoingRequest } from '../../destinations/destination.js';
import { parsedJson } from '../../event/json-values.js';
import { guarded } from '../../host/guarded.js';

/** The values of a request by their place, such as `body.events.0.id`, `query.token` or `header.authorization`. */
export type RequestValues = ReadonlyMap<string, string>;

/** The body as text, decompressed if the destination compressed it. */
export function bodyText(body: OutgoingRequest['body']): string {
  if (body === undefined || typeof body === 'string') return body ?? '';
  const bytes = Buffer.from(body);
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes.toString();
  return guarded(() => gunzipSync(bytes).toString()) ?? bytes.toString('latin1');
}

/** All parts of a request as one text, to compare requests. */
export function requestText({ method, url, headers, body, compress }: OutgoingRequest): string {
  const lines = Object.entries(headers ?? {}).map(([name, value]) => `${name.toLowerCase()}: ${value}`);
  return [`${method} ${url}`, ...lines.toSorted(), compress ?? '', bodyText(body)].join('\n');
}

/** Reads the body as JSON, lines of JSON or a form; any other body is one value. */
export function requestValues({ url, headers, body }: OutgoingRequest): RequestValues {
  const values = new Map<string, string>();
  const { origin, pathname, searchParams } = new URL(url);
  values.set('url', origin + pathname);
  for (const [name, value] of searchParams) values.set(`query.${name}`, value);
  for (const [name, value] of Object.entries(headers ?? {})) {
    values.set(`header.${name.toLowerCase()}`, value);
  }
  addBody(values, bodyText(body));
  return values;
}

function addBody(values: Map<string, string>, text: string): void {
  if (text === '') return;
  const parsed = parsedJson(text) ?? parsedJson(`[${text.trim().replaceAll('\n', ',')}]`);
  if (parsed !== undefined) return addJson(values, 'body', parsed);
  if (/^[^\s=&]+=[^\s&]*(?:&[^\s=&]*=[^\s&]*)*$/.test(text)) {
    for (const [name, value] of new URLSearchParams(text)) values.set(`body.${name}`, value);
    return;
  }
  values.set('body', text);
}

function addJson(values: Map<string, string>, path: string, json: unknown): void {
  if (typeof json !== 'object' || json === null) {
    values.set(path, String(json));
    return;
  }
  for (const [name, value] of Object.entries(json)) addJson(values, `${path}.${name}`, value);
}
