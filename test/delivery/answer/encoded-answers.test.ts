import { afterEach, describe, expect, test } from '@jest/globals';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import zlib from 'node:zlib';
import { AnswerKeeper } from '../../../lib/delivery/answer/answer-keeper.js';
import type { AttemptResult } from '../../../lib/delivery/reading.js';
import { Transport } from '../../../lib/delivery/http/transport.js';
import type { Answer } from '../../../lib/destinations/destination.js';
import { systemClock } from '../../../lib/host/clock.js';
import { Log } from '../../../lib/host/log.js';

const ERROR = JSON.stringify({ error: { code: 'bad_name', message: 'tack så mycket' } });
const SECRET = 'sk_live_1234567890';
const { zstdCompressSync } = zlib as typeof zlib & { zstdCompressSync?: (text: string) => Buffer };

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

/** The answer to a request whose server sends these bytes, whatever was asked for. */
async function answerOf(encoding: string, body: Buffer, missing = 0): Promise<Answer> {
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(400, {
      'content-encoding': encoding,
      'content-type': 'application/json',
      'content-length': body.length + missing,
    });
    if (missing === 0) response.end(body);
    else response.write(body, () => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ends.push(() => new Promise((resolve) => (server.closeAllConnections(), server.close(resolve))));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const over = new Transport({
    dispatcher: undefined,
    concurrency: 1,
    pipelining: 1,
    timeoutMs: 10_000,
    clock: systemClock,
    log: new Log(),
  });
  ends.push(() => over.close());
  const result = await new Promise<AttemptResult>((resolve) =>
    over.send({ method: 'POST', url, body: 'x' }, resolve),
  );
  return (result as { answer: Answer }).answer;
}

const kept = (answer: Answer, keepAnswers: 'fields' | 'text' = 'fields'): string =>
  new AnswerKeeper({ secrets: [SECRET], keepAnswers, explain: () => undefined }).of(answer);

describe('a body that the server encoded without being asked', () => {
  test.each<[string, (text: string) => Buffer]>([
    ['gzip', (text) => zlib.gzipSync(text)],
    ['X-GZIP', (text) => zlib.gzipSync(text)],
    ['deflate', (text) => zlib.deflateSync(text)],
    ['deflate', (text) => zlib.deflateRawSync(text)],
    ['br', (text) => zlib.brotliCompressSync(text)],
    ['deflate, gzip', (text) => zlib.gzipSync(zlib.deflateSync(text))],
    ['identity, gzip', (text) => zlib.gzipSync(text)],
    ['identity', (text) => Buffer.from(text)],
    ...(zstdCompressSync === undefined
      ? []
      : [['zstd', zstdCompressSync] as [string, typeof zstdCompressSync]]),
  ])('is read (%s)', async (encoding, encode) => {
    const answer = await answerOf(encoding, encode(ERROR));
    expect(answer).toMatchObject({ status: 400, body: ERROR, complete: true });
    if (encoding !== 'identity') expect(answer.headers).not.toHaveProperty('content-encoding');
    expect(kept(answer, 'text')).toBe(`400: ${ERROR}`);
    expect(kept(answer)).toBe(`400: application/json, ${Buffer.byteLength(ERROR)} bytes`);
  });

  // Such a server's words are read by everybody else, and a destination may have to know which events they name.
  test.each(['utf-8', 'none', 'gzip', 'br'])(
    'is read as it is, where it is text and not in %s',
    async (name) => {
      const answer = await answerOf(name, Buffer.from(ERROR));
      expect(answer).toMatchObject({ body: ERROR, complete: true });
      expect(kept(answer)).toBe(`400: application/json, ${Buffer.byteLength(ERROR)} bytes`);
      expect(kept(await answerOf(name, Buffer.from(`no: ${SECRET}`)), 'text')).toBe('400: no: ***');
    },
  );

  test('is read up to the end of its connection', async () => {
    const answer = await answerOf('utf-8', Buffer.from('tack så').subarray(0, -1), 10);
    expect(answer).toMatchObject({ body: 'tack s', complete: false });
  });

  test('hides no secret from those who look for it', async () => {
    const answer = await answerOf('gzip', zlib.gzipSync(`bad key: ${SECRET}`));
    expect(kept(answer, 'text')).toBe('400: bad key: ***');
  });

  test('of no bytes is empty', async () => {
    expect(await answerOf('gzip', Buffer.alloc(0))).toMatchObject({ body: '', complete: true });
  });
});

describe('in place of a body that cannot be decoded', () => {
  const whole = zlib.gzipSync(ERROR);
  const bomb = zlib.gzipSync(Buffer.alloc(64_000_000));

  test.each<[string, string, Buffer, number]>([
    ['one that is not whole', 'gzip', whole.subarray(0, -12), 0],
    ['one whose connection ended', 'gzip', whole, 10],
    ['one in another encoding', 'br', whole, 0],
    ['one that is larger than what is read', 'gzip', zlib.gzipSync(Buffer.alloc(65_537)), 0],
    ['a bomb', 'gzip', bomb, 0],
    ['a bomb in a bomb', 'gzip, gzip', zlib.gzipSync(bomb), 0],
    ['an encoding that nobody knows', 'x-own', whole, 0],
  ])('a sentence is kept: %s', async (_, encoding, body, missing) => {
    const answer = await answerOf(encoding, body, missing);
    const sentence = `(a body in ${encoding} that cannot be decoded, ${body.length} bytes)`;
    expect(answer).toMatchObject({ body: sentence, complete: false });
    expect(kept(answer)).toBe(`400: ${sentence}`);
    expect(kept(answer, 'text')).toBe(`400: ${sentence}`);
  });

  test('names no encoding that is none', async () => {
    const answer = await answerOf(`<script>${SECRET}`, whole);
    expect(answer.body).toBe(`(a body in an unknown encoding that cannot be decoded, ${whole.length} bytes)`);
  });

  test('and no chain of encodings is followed without end', async () => {
    const encodings = Array.from({ length: 40 }, () => 'gzip');
    const body = encodings.reduce((inner) => zlib.gzipSync(inner), Buffer.from(ERROR));
    expect((await answerOf(encodings.join(), body)).complete).toBe(false);
  });
});
