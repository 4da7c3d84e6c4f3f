import { createServer } from 'node:http';

const LATENCY_MS = 2;

/** A collector whose answers a scenario decides. It counts the events that it accepted, by their number. */
export async function startCollector() {
  /** How often each event was accepted, by its number. */
  const accepted = new Map();
  const requests = [];
  let answer = () => ({ status: 200 });

  const server = createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      const { status, headers = {} } = answer(body);
      requests.push({ at: performance.now(), status });
      if (status === 200) {
        for (const [, n] of body.matchAll(/"n":(\d+)/g)) accepted.set(n, (accepted.get(n) ?? 0) + 1);
      }
      setTimeout(() => response.writeHead(status, headers).end('{}'), LATENCY_MS);
    });
  });
  server.keepAliveTimeout = 60_000;
  const listen = (port) => new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  await listen(0);
  const { port } = server.address();

  return {
    url: `http://127.0.0.1:${port}/`,
    accepted,
    requests,
    answers(next) {
      answer = next;
    },
    /** Refuses connections until `up()`. */
    async down() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
    up: () => listen(port),
    duplicates: () => [...accepted.values()].filter((times) => times > 1).length,
    /** Waits until so many events arrived, at most so long. */
    async arrived(events, withinMs) {
      const until = performance.now() + withinMs;
      while (accepted.size < events && performance.now() < until) {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
  };
}
