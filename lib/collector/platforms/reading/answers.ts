import type { Answer } from '../../platform.js';

/** An answer with a JSON body. */
export function jsonAnswer(status: number, value: unknown, headers?: Answer['headers']): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(value),
  };
}

/** An answer with a text. */
export function textAnswer(status: number, body: string, headers?: Answer['headers']): Answer {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8', ...headers }, body };
}
