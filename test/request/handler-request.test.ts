import { describe, expect, test } from '@jest/globals';
import type { ExecutionContext } from '@nestjs/common';
import { ServerResponse, IncomingMessage } from 'node:http';
import { Http2ServerResponse } from 'node:http2';
import { Socket } from 'node:net';
import { isMessage } from '../../lib/request/handler-request.js';

function contextOf(type: string, ...args: unknown[]): ExecutionContext {
  return {
    getType: () => type,
    getArgByIndex: (index: number) => args[index],
  } as unknown as ExecutionContext;
}

describe('isMessage()', () => {
  test.each(['ws', 'graphql'])('is not of %s', (type) => {
    expect(isMessage(contextOf(type, {}, {}))).toBe(false);
  });

  test('is not of a request that has come to no handler yet', () => {
    expect(isMessage(undefined)).toBe(false);
  });

  const response = new ServerResponse(new IncomingMessage(new Socket()));
  test.each([
    ['Node', response],
    ['HTTP/2', Object.create(Http2ServerResponse.prototype)],
    ['Fastify', { raw: response }],
  ])('is not of HTTP, by the response of %s', (_, given) => {
    expect(isMessage(contextOf('http', {}, given))).toBe(false);
  });

  test.each(['rpc', 'rmq', 'telegraf', 'necord', '', 'HTTP', 'constructor'])('is of %j', (type) => {
    expect(isMessage(contextOf(type, {}, response))).toBe(true);
  });

  test.each([
    ['nothing', undefined],
    ['null', null],
    ['a text', 'setHeader'],
    ['what a broker hands over', { fields: {}, properties: { headers: {} }, content: Buffer.from('{}') }],
    ['what JSON can bring along', { setHeader: 'f', writeHead: {}, raw: { setHeader: true } }],
    ['an empty reply', { raw: null }],
  ])('is of what Nest calls HTTP for want of a name, with %s beside it', (_, beside) => {
    expect(isMessage(contextOf('http', { headers: {}, on: 'f' }, beside))).toBe(true);
  });
});
