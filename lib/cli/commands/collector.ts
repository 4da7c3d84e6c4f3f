import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { cliMessages } from '../cli.messages.js';
import { journalless } from '../command.js';
import { option, parsed, withDefault } from '../options/option.js';
import { collect, upTo } from '../options/parsers.js';
import { safeText } from '../output/safe-text.js';

const DEFAULT_PORT = 4100;

/** `collector`: a local stand-in for the endpoints of all platforms. */
export const collector = journalless({
  name: 'collector',
  description: 'run a local stand-in for the endpoints of all platforms, with a page that shows what arrives',
  options: {
    port: withDefault(
      parsed('--port <number>', 'port to listen on; 0 for any free port', upTo(65_535)),
      DEFAULT_PORT,
    ),
    host: withDefault(
      option('--host <address>', 'address to listen on; everyone who can reach it can read all events'),
      '127.0.0.1',
    ),
    only: option('--only <platforms>', 'names of platforms, separated by commas; default: all'),
    fail: parsed(
      '--fail <preset>',
      'answer with a failure, such as error, 503, segment:throttled, cut:10% or posthog:down:30s; may be repeated',
      collect,
    ),
  },
  async run({ terminal, json }, { port, host, only, fail }) {
    const interrupted = terminal.interruption();
    const { startCollector } = await import('../../collector/collector.js');
    const collector = await startCollector({
      port,
      host,
      only: only?.split(','),
      fail,
      tell: (line) => terminal.tell(safeText(line)),
      page: fileURLToPath(new URL('../../collector/page/', import.meta.url)),
    }).catch((error: unknown) => {
      throw explained(error, port, host);
    });
    try {
      if (!collector.isLoopback) terminal.tell(safeText(cliMessages.collectorIsOpen(host)));
      const { url, platforms } = collector;
      const urls = { url, platforms: Object.fromEntries(platforms.map((each) => [each.name, each.url])) };
      if (json) await terminal.writeJson(urls);
      else await terminal.write(`${cliMessages.collectorRuns(url, platforms)}\n`);
      if (!interrupted.aborted) await once(interrupted, 'abort');
    } finally {
      await collector.close();
    }
  },
});

/** The error of a server that could not start; a sentence if its cause is known. */
function explained(error: unknown, port: number, host: string): unknown {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'EADDRINUSE':
      return new Error(cliMessages.portInUse(port));
    case 'EACCES':
      return new Error(cliMessages.portForbidden(port));
    case 'EADDRNOTAVAIL':
    case 'EINVAL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new Error(cliMessages.hostNotFound(host));
    default:
      return error;
  }
}
