import { count } from './table.js';

export function missing(title: string, name: string, person: string): string {
  return `${title}: '${name}' of ${person} did not arrive.`;
}

/** An event that shoppers did not do, or did once. */
export function surplus(title: string, name: string, person: string, isSecond: boolean): string {
  return isSecond
    ? `${title}: '${name}' of ${person} is counted twice.`
    : `${title}: '${name}' of ${person} arrived, but the shop never answered such a request.`;
}

export function refused(
  platform: string,
  name: string,
  outcome: string,
  problems: readonly string[],
): string {
  return `${platform}: '${name}' was ${outcome}. ${problems.join(' ')}`;
}

export function tooManyUnknown(title: string, events: number): string {
  return `${title}: ${count(events, 'event')} of people whom the shop does not know arrived.`;
}

export function forgottenEvents(events: number): string {
  return `The collector no longer has the first ${count(events, 'event')}, so they were not compared.`;
}
