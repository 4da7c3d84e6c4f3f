import { Logger } from '@nestjs/common';
import type { TrackingEvent } from '../../event/tracking-event.js';
import { guarded } from '../../host/guarded.js';
import { visibleText } from '../../host/visible-text.js';
import type { Destination } from '../destination.js';
import { playedDispatcher } from '../played-dispatcher.js';
import { consoleOptions, type ConsoleOptions } from './console-options.js';

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
      const lines = String(request.body).split('\n');
      const printed = guarded(() => lines.map(log));
      request.end({ status: printed === undefined ? 500 : 200 });
    }),
    encode: (batch) => ({
      method: 'POST',
      url: 'http://console.invalid/',
      body: batch.map(({ event }) => eventLine(event)).join('\n'),
    }),
  };
}

/** `track Order Completed | user-1001 | {"total":49}`: one line for any names and ids of a client. */
function eventLine(event: TrackingEvent): string {
  const person = event.userId ?? event.anonymousId ?? '-';
  return visibleText([whatOf(event), person, JSON.stringify(event.properties)].join(' | '));
}

function whatOf({ type, name, groupId, previousId }: TrackingEvent): string {
  if (type === 'track') return `track ${name}`;
  return [type, groupId ?? previousId].filter((part) => part !== undefined).join(' ');
}
