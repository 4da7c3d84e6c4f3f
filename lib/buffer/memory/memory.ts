import { badChoice } from '../../config/check-option.js';
import { checkRows, valuesOf } from '../../config/rows.js';
import type { EventBufferFactory } from '../event-buffer.js';
import { MemoryBuffer } from './memory-buffer.js';
import { memoryRows, type MemoryOptions } from './memory-options.js';
import { residentBytes } from './memory-slot.js';

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
      checkRows(path, options, memoryRows, { credentials: true });
      const needed = maxEventBytes === undefined ? 0 : residentBytes(maxEventBytes);
      if (options.maxBytes !== undefined && options.maxBytes < needed) {
        throw badChoice(
          `${path}.maxBytes`,
          options.maxBytes,
          `at least ${needed}, the memory of an event of \`maxEventBytes\` (${maxEventBytes}); raise it or lower \`maxEventBytes\``,
        );
      }
    },
    create: (setup) => new MemoryBuffer(valuesOf(memoryRows, options), setup),
  };
}
