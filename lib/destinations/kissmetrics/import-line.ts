import type { LaneEvent } from '../../event/lane-event.js';
import { refusal, secondOf } from './admission.js';
import { operation } from './request.js';

const TARGET = { endpoint: '', method: 'POST', key: '' } as const;
/** Parameters of a request that are not about its event. */
const NOT_OF_EVENT = new Set(['_k', '_d']);

/**
 * An event as an object of KISSmetrics' JSON import: `_p` and `_t`, `_n` for an event, `_p2` for an alias, all else a property. It
 * is made from the request that the destination sends, so that KISSmetrics recognises it. `undefined` for an event that the
 * destination declines.
 */
export function importLine({ event, note }: LaneEvent): object | undefined {
  if (refusal(event) !== undefined) return undefined;
  const { body = '' } = operation(TARGET, { event, note }, () => {});
  const line: Record<string, string | number> = {};
  for (const pair of body.toString().split('&')) {
    const at = pair.indexOf('=');
    const name = decodeURIComponent(pair.slice(0, at));
    if (!NOT_OF_EVENT.has(name)) line[name] = decodeURIComponent(pair.slice(at + 1));
  }
  line['_t'] = typeof note === 'number' ? note : secondOf(event);
  if (event.type === 'alias') {
    line['_p2'] = line['_n'] ?? '';
    delete line['_n'];
  }
  return line;
}
