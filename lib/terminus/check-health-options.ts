import { badChoice, badOption, checkCount, checkKeys } from '../config/check-option.js';
import type { TrackingHealthOptions } from './tracking-health.options.js';
import type { TrackingProblem } from './tracking-problem.js';

const KNOWN = ['onDegraded', 'maxBacklogAgeMs', 'maxDeadLetters', 'lossWindowMs', 'watch', 'destinations'];
const STATES = ['degraded', 'up', 'down'];
const KINDS: readonly TrackingProblem['kind'][] = [
  'parked',
  'refused',
  'backlog',
  'loss',
  'dead_letters',
  'journal',
  'stranded',
  'unreadable',
  'internal_error',
];

/**
 * Checks what a health check was given: one that looks at nothing would always be fine.
 *
 * @throws TrackingConfigError for the first option that cannot work
 */
export function checkHealthOptions(options: TrackingHealthOptions): void {
  checkKeys('isHealthy', options, KNOWN);
  const { onDegraded, maxBacklogAgeMs, maxDeadLetters, lossWindowMs, watch, destinations } = options;
  if (onDegraded !== undefined && !STATES.includes(onDegraded)) {
    throw badChoice('isHealthy.onDegraded', onDegraded, `one of ${STATES.join(', ')}`);
  }
  checkCount('isHealthy.maxBacklogAgeMs', maxBacklogAgeMs, 0);
  checkCount('isHealthy.maxDeadLetters', maxDeadLetters, 0);
  checkCount('isHealthy.lossWindowMs', lossWindowMs, 0);
  checkList('isHealthy.watch', watch, KINDS);
  checkList('isHealthy.destinations', destinations);
}

function checkList(option: string, list: unknown, known?: readonly string[]): void {
  if (list === undefined) return;
  const wants = known === undefined ? 'an array of names' : `an array of ${known.join(', ')}`;
  if (!Array.isArray(list)) throw badOption(option, list, wants);
  list.forEach((member: unknown, index) => {
    if (typeof member !== 'string' || known?.includes(member) === false) {
      throw badChoice(
        `${option}[${index}]`,
        member,
        known === undefined ? 'a name' : `one of ${known.join(', ')}`,
      );
    }
  });
}
