import { createServer } from 'node:http';
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';

/** Headers of the connection and of the client library, without data of an event. */
const IGNORED_HEADERS = new Set([
  'accept',
  'accept-encoding',
  'accept-language',
  'connection',
  'content-length',
  'host',
  'keep-alive',
  'sec-fetch-mode',
  'transfer-encoding',
  'user-agent',
]);
const DECODERS = { gzip: gunzipSync, deflate: inflateSync, br: brotliDecompressSync };

/** A server that stands in for a platform: it keeps each request, and answers as `answer(request)` says. */
export async function startRecorder(answer) {
  let requests = [];
  const server = createServer((incoming, response) => {
    const chunks = [];
    incoming.on('data', (chunk) => chunks.push(chunk));
    incoming.on('end', () => {
      const request = read(incoming, Buffer.concat(chunks));
      requests.push(request);
      const { status = 200, type = 'application/json', body = '' } = answer(request);
      response.writeHead(status, { 'content-type': type });
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    /** The requests since the last call. */
    take() {
      const taken = requests;
      requests = [];
      return taken;
    },
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

function read(incoming, bytes) {
  const { pathname, searchParams } = new URL(incoming.url, 'http://localhost');
  const decode = DECODERS[incoming.headers['content-encoding']] ?? ((body) => body);
  return {
    method: incoming.method,
    path: pathname,
    query: Object.fromEntries(searchParams),
    headers: Object.fromEntries(
      Object.entries(incoming.headers).filter(([name]) => !IGNORED_HEADERS.has(name)),
    ),
    body: decode(bytes).toString('utf8'),
  };
}
