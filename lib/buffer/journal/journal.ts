import process from 'node:process';
import { badChoice } from '../../config/check-option.js';
import { TrackingConfigError } from '../../config/tracking-config.error.js';
import { checkRows } from '../../config/rows.js';
import type { EventBufferFactory } from '../event-buffer.js';
import { nodeFiles } from './files/node-files.js';
import { oneAtATime } from './files/one-at-a-time.js';
import { JournalBuffer } from './journal-buffer.js';
import {
  journalRows,
  MIN_SEGMENT_BYTES,
  resolveJournalOptions,
  type JournalOptions,
} from './options/journal-options.js';
import { journalMessages } from './journal.messages.js';
import { processIdentity } from './ownership/process-identity.js';
import { distrustOfRoot, realDirectory } from './ownership/denied.js';

/**
 * Keeps events on disk until they are delivered. They survive a crash of the process and, with `fsync: 'group'` (the
 * default), a power loss. Delivered events are kept for a while, for inspection and replay; see `npx nestjs-tracking`.
 *
 * @throws TrackingConfigError at start, never here
 */
export function journal(options: JournalOptions): EventBufferFactory {
  return {
    kind: 'journal',
    directory: options?.directory,
    check(path, maxEventBytes) {
      const given: unknown = options === undefined ? {} : options;
      checkRows(path, given, journalRows, { credentials: true });
      const { directory, maxBytes, segmentBytes = MIN_SEGMENT_BYTES } = options;
      const denied = distrustOfRoot(directory);
      if (denied !== undefined) {
        const option = `${path}.directory`;
        const root = { path: directory, code: '', ...denied };
        throw new TrackingConfigError(option, journalMessages.badRoot(option, root, process.geteuid?.()));
      }
      const needed = 2 * Math.max(segmentBytes, maxEventBytes ?? 0);
      if (maxBytes !== undefined && maxBytes < needed) {
        throw badChoice(
          `${path}.maxBytes`,
          maxBytes,
          `at least ${needed}, two segments and two of the largest events`,
        );
      }
    },
    create: (setup) =>
      new JournalBuffer(
        resolveJournalOptions({ ...options, directory: realDirectory(options.directory) }),
        setup,
        oneAtATime(nodeFiles),
        processIdentity(),
      ),
  };
}
