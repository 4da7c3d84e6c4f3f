import type { RequestResponse } from '../api/responses.js';

/** Headers that curl sets itself, or that belong to the connection. */
const LEFT_OUT =
  /^(?:host|connection|content-length|content-encoding|transfer-encoding|accept-encoding|keep-alive|expect)$/i;
/** The text that replaces a credential. */
const HIDDEN = '[hidden]';

/** The request as a command for a shell, without credentials. */
export function asCurl({ method, url, headers, body }: RequestResponse['request']): string {
  const parts = [`curl -X ${quote(method)} ${quote(`${location.origin}${url}`)}`];
  for (const [name, value] of Object.entries(headers)) {
    if (!LEFT_OUT.test(name) && value !== HIDDEN) parts.push(`-H ${quote(`${name}: ${value}`)}`);
  }
  if (body !== '') parts.push(`--data-binary ${quote(body)}`);
  return parts.join(' \\\n  ');
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
