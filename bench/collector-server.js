import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { link } from './link.js';
import { startProfile } from './profiler.js';

/** The collector command's server, or a bare one that reads and discards. Alone in its process, so that its CPU is its own. */
let from;
let profile;

link(process, {
  open: (server) => (server === 'bare' ? openBare() : openCollector()),
  begin: async ({ profiles = false } = {}) => {
    if (profiles) profile = await startProfile();
    from = process.cpuUsage();
  },
  async end() {
    const { user, system } = process.cpuUsage(from);
    return {
      cpu: user + system,
      peakRss: process.resourceUsage().maxRSS / 1024,
      profile: await profile?.stop(),
    };
  },
});

async function openCollector() {
  const { startCollector } = await import('../dist/esm/collector/collector.js');
  return (await startCollector({ page: tmpdir() })).url;
}

function openBare() {
  const server = createServer({ keepAliveTimeout: 65_000 }, (request, response) => {
    request.on('data', () => {});
    request.on('end', () => response.end());
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${server.address().port}`));
  });
}
