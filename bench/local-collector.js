import { setTimeout as pause } from 'node:timers/promises';
import { start } from './link.js';

/** How often the page asks, in milliseconds. */
const POLL_MS = 1_000;

/** The forms in which events reach the collector: in batches, and one for each request. */
export const COLLECTOR_LOADS = [
  { platform: 'segment', batch: 100, name: 'Segment, 100 events in a request' },
  { platform: 'kissmetrics', batch: 1, name: 'KISSmetrics, a request per event' },
];

/**
 * The collector and a bare server under the same load, one after the other within a minute, each in a process of its own.
 * The collector's page is open meanwhile: what it asks for is asked here, over HTTP.
 *
 * @returns figures of the rounds, by name
 */
export async function measureCollector(load, { rounds, seconds, perSecond }, progress) {
  const figures = {};
  const add = (name, value) => (figures[name] ??= []).push(value);
  for (let round = 0; round < rounds; round++) {
    const cpu = {};
    for (const server of round % 2 === 0 ? ['bare', 'collector'] : ['collector', 'bare']) {
      progress(`collector: round ${round + 1} of ${rounds}, ${load.name}, ${server}`);
      const measured = await measureServer(server, load, { seconds, perSecond });
      cpu[server] = measured.cpuPerEvent;
      if (server !== 'collector') continue;
      for (const [name, value] of Object.entries(measured)) add(name, value);
    }
    add('bare', cpu.bare);
    add('ratio', cpu.collector / cpu.bare);
  }
  return figures;
}

async function measureServer(name, { platform, batch }, { seconds, perSecond }) {
  const server = start('collector-server.js');
  const load = start('collector-load.js');
  try {
    const url = await server.ask('open', name);
    await load.ask('send', { url, platform, batch, perSecond: perSecond / 2, seconds: 1 });
    const before = await counted(name, url);
    await server.ask('begin');
    const began = performance.now();
    const page = name === 'collector' ? openPage(url) : undefined;
    const sent = await load.ask('send', { url, platform, batch, perSecond, seconds });
    const { cpu, peakRss } = await server.ask('end');
    const share = cpu / 1_000 / (performance.now() - began);
    const answerMs = await page?.close();
    const uncounted = Math.max(0, sent.answered - ((await counted(name, url)) - before));
    return {
      share,
      cpuPerEvent: cpu / sent.answered,
      peakRss,
      perSecond: sent.perSecond,
      answerMs,
      uncounted,
    };
  } finally {
    await Promise.all([server.stop(), load.stop()]);
  }
}

/** Events that the collector counts in any way. */
async function counted(name, url) {
  if (name !== 'collector') return 0;
  const { platforms } = await (await fetch(`${url}/_collector/stats`)).json();
  const ofPlatform = ({ delivered, duplicate, rejected, dropped }) =>
    delivered + duplicate + rejected + dropped;
  return platforms.reduce((sum, each) => sum + ofPlatform(each), 0);
}

/** Asks what the page asks, until it is closed; then the longest answer, in milliseconds. */
function openPage(url) {
  let isOpen = true;
  let slowest = 0;
  const get = async (path) => {
    const began = performance.now();
    const answer = await (await fetch(`${url}/_collector/${path}`)).json();
    slowest = Math.max(slowest, performance.now() - began);
    return answer;
  };
  const polls = (async () => {
    for (let after = 0; isOpen;) {
      await get('stats');
      const { events } = await get(`events?limit=100&after=${after}`);
      after = events[0]?.number ?? after;
      await Promise.all([get('people?limit=100'), get('requests?limit=100'), get('invalid?limit=100')]);
      await pause(POLL_MS);
    }
  })();
  return {
    async close() {
      isOpen = false;
      await polls;
      return slowest;
    },
  };
}
