import { createServer } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { link } from './link.js';
import { MARKER } from './order.js';

/** Takes whatever arrives, in a process of its own, and counts the events in it. It is nobody's real API. */
let events = 0;
let requests = 0;
const sockets = new Set();

const server = createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    requests += 1;
    sockets.add(request.socket);
    const body = decoded(request, chunks.length === 1 ? chunks[0] : Buffer.concat(chunks));
    events += eventsIn(request, body);
    response.setHeader('Content-Type', 'application/json');
    response.end(answerTo(request, body));
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1');

link(process, {
  url: () => `http://127.0.0.1:${server.address().port}`,
  count: () => ({ events, requests, sockets: sockets.size }),
});

function eventsIn(request, plain) {
  const marked = occurrences(plain, MARKER) + occurrences(decodedUrl(request.url), MARKER);
  // Snowplow puts the properties of an event in Base64
  return marked || occurrences(plain, '"e":"ue"');
}

function decoded(request, body) {
  if (request.headers['content-encoding'] === 'gzip') return gunzipSync(body);
  if (body.length > 5 && body.toString('latin1', 0, 5) === 'data=') {
    return Buffer.from(decodeURIComponent(body.toString('latin1', 5)), 'base64');
  }
  return body;
}

/** Mixpanel's GET carries one event as Base64. */
function decodedUrl(url) {
  const at = url.indexOf('data=');
  return at === -1 ? url : Buffer.from(decodeURIComponent(url.slice(at + 5).split('&', 1)[0]), 'base64');
}

function occurrences(text, word) {
  let count = 0;
  for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + word.length)) count += 1;
  return count;
}

/** What each SDK and destination takes for a success. */
function answerTo({ url }, body) {
  if (url.startsWith('/track')) return '1';
  if (url.startsWith('/i/v1/')) return posthogResults(body);
  return '{"code":200,"status":1,"success":true,"ok":true}';
}

/** PostHog's v1 answers for each event. */
function posthogResults(body) {
  const results = Array.from(body.toString().matchAll(/"uuid":"([^"]+)"/g), ([, uuid]) => [
    uuid,
    { result: 'ok', details: null },
  ]);
  return JSON.stringify({ results: Object.fromEntries(results) });
}
