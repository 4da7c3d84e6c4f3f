import type { TrackingEvent } from '../../event/tracking-event.js';
import type { RecordedName } from '../../plan/planned.js';
import { recorderOf, whyNone } from '../recorder-of.js';
import { whatWasRefused, whatWasTracked } from '../testing.messages.js';
import type { TrackingRecorder } from '../tracking-recorder.js';
import { EventMatch, type EventMembers } from './event-match.js';
import type { MatcherContext, MatcherResult } from './matcher-context.js';

/** The matchers that this package adds to `expect()`. */
export interface TrackingMatchers<R = void> {
  /**
   * At least one event of this name was accepted, whose properties include these (as in `toMatchObject`), and whose other
   * members, such as `userId`, are these. A name outside of a registered plan does not compile. Give it a recorder, the
   * `TrackingService`, or the application.
   */
  toHaveTracked(name: RecordedName, properties?: object, members?: EventMembers): R;
  /** Exactly this number of events of this name was accepted. */
  toHaveTrackedTimes(name: RecordedName, times: number): R;
}

/**
 * Matchers for `expect.extend()`, for test runners other than Jest and Vitest (see `nestjs-tracking/testing/jest` and
 * `/vitest`).
 */
export const trackingMatchers = {
  toHaveTracked(
    this: MatcherContext,
    received: unknown,
    name: RecordedName,
    properties?: object,
    members?: EventMembers,
  ): MatcherResult {
    const recorder = recorderIn(received);
    const events = recorder.named(name);
    const match = new EventMatch(this, properties, members);
    const matching = events.filter((event) => match.isOf(event));
    const pass = matching.length > 0;
    const asked = Object.keys(match.expected).length > 0;
    return {
      pass,
      message: () =>
        [
          hint(this, 'toHaveTracked', asked ? 'name, expected' : 'name'),
          pass ? found(this, name, match, matching) : missing(this, name, match, events, recorder),
        ].join('\n\n'),
    };
  },

  toHaveTrackedTimes(
    this: MatcherContext,
    received: unknown,
    name: RecordedName,
    times: number,
  ): MatcherResult {
    const recorder = recorderIn(received);
    const { length } = recorder.named(name);
    const { utils } = this;
    const pass = length === times;
    return {
      pass,
      message: () =>
        [
          hint(this, 'toHaveTrackedTimes', 'name, times'),
          `Event: ${utils.printExpected(name)}\n` +
            (pass
              ? `Expected times: not ${utils.printExpected(times)}`
              : `Expected times: ${utils.printExpected(times)}\nReceived times: ${utils.printReceived(length)}`),
          context(recorder, name),
        ].join('\n\n'),
    };
  },
};

function recorderIn(received: unknown): TrackingRecorder {
  const recorder = recorderOf(received);
  if (recorder === undefined) throw new TypeError(whyNone(received));
  return recorder;
}

function hint({ utils, isNot, promise }: MatcherContext, matcher: string, expected: string): string {
  return utils.matcherHint(matcher, 'recorder', expected, { isNot, promise });
}

function found(
  { utils }: MatcherContext,
  name: string,
  match: EventMatch,
  matching: readonly TrackingEvent[],
): string {
  const asked = Object.keys(match.expected).length > 0;
  const what = asked
    ? `${utils.printExpected(name)} with ${utils.printExpected(match.expected)}`
    : utils.printExpected(name);
  const times = matching.length === 1 ? 'once' : `${matching.length} times`;
  const shown = matching.map(({ properties, userId, anonymousId, groups, source }) =>
    utils.printReceived({
      properties,
      ...(userId !== undefined && { userId }),
      ...(anonymousId !== undefined && { anonymousId }),
      ...(groups !== undefined && { groups }),
      ...(source !== undefined && { source }),
    }),
  );
  return `Expected no event ${what}, but it was tracked ${times}:\n${shown.join('\n')}`;
}

function missing(
  { utils }: MatcherContext,
  name: string,
  match: EventMatch,
  events: readonly TrackingEvent[],
  recorder: TrackingRecorder,
): string {
  const nearest = match.nearest(events);
  if (nearest === undefined)
    return `Expected event: ${utils.printExpected(name)}\n${context(recorder, name)}`;
  const which =
    events.length === 1
      ? 'The only one tracked differs'
      : `None of the ${events.length} tracked fits; the nearest one differs`;
  const shown = match.shown(nearest);
  const diff =
    utils.diff(match.expected, shown, { aAnnotation: 'Expected', bAnnotation: 'Received' }) ??
    `Expected: ${utils.printExpected(match.expected)}\nReceived: ${utils.printReceived(shown)}`;
  return `Expected event: ${utils.printExpected(name)}\n${which}:\n\n${diff}`;
}

function context(recorder: TrackingRecorder, name: string): string {
  return `${whatWasTracked(recorder.events)}${whatWasRefused(name, recorder.refused)}`;
}
