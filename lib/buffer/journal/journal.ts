import process from 'node:process';
import { badChoice, badOption, checkCount, checkKeys } from '../../config/check-option.js';
import { TrackingConfigError } from '../../config/tracking-config.error.js';
import type { EventBufferFactory } from '../event-buffer.js';
import { nodeFiles } from './files/node-files.js';
import { oneAtATime } from './files/one-at-a-time.js';
import { JournalBuffer } from './journal-buffer.js';
import { resolveJournalOptions } from './journal-options.js';
import type { JournalOptions } from './journal-options.js';
import { journalMessages } from './journal.messages.js';
import { processIdentity } from './ownership/process-identity.js';
import { distrustOfRoot, realDirectory } from './ownership/root-directory.js';

const KNOWN = [
  'directory',
  'fsync',
  'maxBytes',
  'retain',
  'onFull',
  'segmentBytes',
  'maxMemoryBytes',
  'leaseMs',
];
const MIN_SEGMENT_BYTES = 65_536;

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
      checkKeys(path, options, KNOWN);
      const { directory, fsync, onFull, segmentBytes, maxBytes } = options ?? {};
      if (typeof directory !== 'string' || directory.trim() === '') {
        throw badOption(
          `${path}.directory`,
          directory,
          "a folder on a disk that stays, such as 'var/tracking'",
        );
      }
      const denied = distrustOfRoot(directory);
      if (denied !== undefined) {
        const option = `${path}.directory`;
        throw new TrackingConfigError(
          option,
          journalMessages.badRoot(option, { path: directory, code: '', ...denied }, process.geteuid?.()),
        );
      }
      if (fsync !== undefined && !['group', 'off'].includes(fsync)) {
        throw badChoice(`${path}.fsync`, fsync, "'group' or 'off'");
      }
      if (onFull !== undefined && !['dropOldest', 'rejectNewest'].includes(onFull)) {
        throw badChoice(`${path}.onFull`, onFull, "'dropOldest' or 'rejectNewest'");
      }
      checkKeys(`${path}.retain`, options.retain, ['days', 'bytes']);
      checkCount(`${path}.retain.days`, options.retain?.days, 0);
      checkCount(`${path}.retain.bytes`, options.retain?.bytes, 0);
      checkCount(`${path}.segmentBytes`, segmentBytes, MIN_SEGMENT_BYTES, 1_073_741_824);
      checkCount(`${path}.maxMemoryBytes`, options.maxMemoryBytes, 1_048_576);
      checkCount(`${path}.leaseMs`, options.leaseMs, 1_000, 3_600_000);
      const needed = Math.max(2 * (segmentBytes ?? MIN_SEGMENT_BYTES), 2 * (maxEventBytes ?? 0));
      checkCount(`${path}.maxBytes`, maxBytes, 1);
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
