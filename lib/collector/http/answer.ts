import type { ServerResponse } from 'node:http';
import type { Answer } from '../platform.js';

export function answer(response: ServerResponse, { status, headers = {}, body = '' }: Answer): void {
  response.writeHead(status, headers).end(body);
}

export function answerJson(response: ServerResponse, status: number, value: unknown): void {
  answer(response, {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' },
    body: JSON.stringify(value),
  });
}
