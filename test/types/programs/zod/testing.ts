import { expect } from '@jest/globals';
import type { TrackingRecorder } from 'nestjs-tracking/testing';
import 'nestjs-tracking/testing/jest';

declare const recorder: TrackingRecorder;
declare const name: string;

// compiles: a matcher with a name of the plan
expect(recorder).toHaveTracked('Order Completed', { revenue: expect.any(Number) }, { userId: 7 });
// compiles: how often one was tracked
expect(recorder).not.toHaveTrackedTimes('Signed Out', 2);
// compiles: the types that have no name of their own
expect(recorder).toHaveTracked('identify');
// compiles: events of a name of the plan
recorder.named('Page Viewed');
// compiles: and the next one
void recorder.waitFor('Page Viewed', { timeoutMs: 10 });

// @ts-expect-error -- a matcher with a name that the plan has not
expect(recorder).toHaveTracked('Order Complete');
// @ts-expect-error -- a matcher that passes because its name is wrong
expect(recorder).not.toHaveTracked('Order Completet');
// @ts-expect-error -- a count of a name that the plan has not
expect(recorder).toHaveTrackedTimes('Order Complete', 0);
// @ts-expect-error -- recorded events of a name that the plan has not
recorder.named('Order Complete');
// @ts-expect-error -- waiting for a name that the plan has not
void recorder.waitFor('Order Complete');
// @ts-expect-error -- recorded events of a name that is not known until it runs
recorder.named(name);
