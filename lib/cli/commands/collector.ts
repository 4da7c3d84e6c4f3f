import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { CliError } from '../cli-error.js';
import { collectorIsOpen, collectorRuns, hostNotFound, portForbidden, portInUse } from '../cli.messages.js';
import { collect, upTo } from '../options/values.js';
import { safeText } from '../output/safe-text.js';
import type { Program } from '../program.js';

const DEFAULT_PORT = 4100;

interface CollectorCommandOptions {
  readonly port: number;
  readonly host: string;
  readonly only?: string;
  readonly fail?: readonly string[];
}

/** `collector`: a local stand-in for the endpoints of all platforms. */
export function addCollector(program: Program): void {
  const command = program
    .command('collector')
    .description(
      'run a local stand-in for the endpoints of all platforms, with a page that shows what arrives',
    )
    .option('--port <number>', 'port to listen on; 0 for any free port', upTo(65_535), DEFAULT_PORT)
    .option(
      '--host <address>',
      'address to listen on; everyone who can reach it can read all events',
      '127.0.0.1',
    )
    .option('--only <platforms>', 'names of platforms, separated by commas; default: all')
    .option(
      '--fail <preset>',
      'answer with a failure, such as error, 503, segment:throttled, cut:10% or posthog:down:30s; may be repeated',
      collect,
    );
  program.journalless(
    command,
    async ({ terminal }, options: CollectorCommandOptions & { json?: boolean }) => {
      const { port, host, only, fail, json = false } = options;
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
        if (!collector.isLoopback) terminal.tell(safeText(collectorIsOpen(host)));
        const { url, platforms } = collector;
        const urls = { url, platforms: Object.fromEntries(platforms.map((each) => [each.name, each.url])) };
        await terminal.write(`${json ? JSON.stringify(urls) : collectorRuns(url, platforms)}\n`);
        if (!interrupted.aborted) await once(interrupted, 'abort');
      } finally {
        await collector.close();
      }
    },
  );
}

/** The error of a server that could not start; a sentence if its cause is known. */
function explained(error: unknown, port: number, host: string): unknown {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'EADDRINUSE':
      return new CliError(portInUse(port));
    case 'EACCES':
      return new CliError(portForbidden(port));
    case 'EADDRNOTAVAIL':
    case 'EINVAL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new CliError(safeText(hostNotFound(host)));
    default:
      return error;
  }
}
