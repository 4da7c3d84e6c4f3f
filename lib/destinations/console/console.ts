import { Logger } from '@nestjs/common';
import type { Destination } from '../destination.js';
import { playedDispatcher } from '../played-dispatcher.js';
import { consoleOptions, type ConsoleOptions } from './console-options.js';
import { eventLine } from './event-line.js';

/**
 * Prints one line for each event, for development. Its requests never leave the process, and are counted like all others.
 *
 * The lines contain names, ids and properties, so do not use it in production.
 */
export function console(options: ConsoleOptions = {}): Destination {
  const { values, members } = consoleOptions.read(options);
  const logger = new Logger(members.name);
  const log = values.log ?? ((line: string) => logger.log(line));

  return {
    ...members,
    account: ['console'],
    dispatcher: playedDispatcher((request) => {
      try {
        for (const line of String(request.body).split('\n')) log(line);
        request.end({ status: 200 });
      } catch {
        request.end({ status: 500 });
      }
    }),
    encode: (batch) => ({
      method: 'POST',
      url: 'http://console.invalid/',
      body: batch.map(({ event }) => eventLine(event)).join('\n'),
    }),
  };
}
