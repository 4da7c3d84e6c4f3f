import { badChoice, checkCount, checkKeys } from '../../config/check-option.js';
import type { EventBufferFactory } from '../event-buffer.js';
import { MemoryBuffer } from './memory-buffer.js';
import type { MemoryOptions } from './memory-options.js';
import { residentBytes } from './slot.js';

const DEFAULTS = { maxEvents: 200_000, maxBytes: 134_217_728, onFull: 'dropOldest' } as const;

/**
 * Keeps pending events in memory; the default. They survive outages of a platform, up to the bound, and an orderly
 * shutdown. A crash of the process loses them.
 *
 * @throws TrackingConfigError at start, never when it is called
 */
export function memory(options: MemoryOptions = {}): EventBufferFactory {
  return {
    kind: 'memory',
    check(path, maxEventBytes) {
      checkKeys(path, options, ['maxEvents', 'maxBytes', 'onFull']);
      checkCount(`${path}.maxEvents`, options.maxEvents, 1);
      checkCount(`${path}.maxBytes`, options.maxBytes, 1);
      if (options.onFull !== undefined && !['dropOldest', 'rejectNewest'].includes(options.onFull)) {
        throw badChoice(`${path}.onFull`, options.onFull, "'dropOldest' or 'rejectNewest'");
      }
      const needed = maxEventBytes === undefined ? 0 : residentBytes(maxEventBytes);
      if (options.maxBytes !== undefined && options.maxBytes < needed) {
        throw badChoice(
          `${path}.maxBytes`,
          options.maxBytes,
          `at least ${needed}, what an event of \`maxEventBytes\` (${maxEventBytes}) takes; raise it or lower \`maxEventBytes\``,
        );
      }
    },
    create: (setup) =>
      new MemoryBuffer(
        {
          maxEvents: options.maxEvents ?? DEFAULTS.maxEvents,
          maxBytes: options.maxBytes ?? DEFAULTS.maxBytes,
          onFull: options.onFull ?? DEFAULTS.onFull,
        },
        setup,
      ),
  };
}
