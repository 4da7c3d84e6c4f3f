import type { RequestResponse } from '../api/responses.js';

/** Headers that curl sets itself, or that belong to the connection. */
const LEFT_OUT =
  /^(?:host|connection|content-length|content-encoding|transfer-encoding|accept-encoding|keep-alive|expect)$/i;
/** Credentials: the collector struck them out, and they stay out of copies. */
const CREDENTIALS = /^(?:authorization|cookie|proxy-authorization)$|key|token|secret|signature/i;

/** The request as a command for a shell, without credentials. */
export function asCurl({ method, url, headers, body }: RequestResponse['request']): string {
  const parts = [`curl -X ${quote(method)} ${quote(`${location.origin}${url}`)}`];
  for (const [name, value] of Object.entries(headers)) {
    if (!LEFT_OUT.test(name) && !CREDENTIALS.test(name)) parts.push(`-H ${quote(`${name}: ${value}`)}`);
  }
  if (body !== '') parts.push(`--data-binary ${quote(body)}`);
  return parts.join(' \\\n  ');
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
