export { overrideTracking } from './override-tracking.js';
export { TrackingTestingModule } from './tracking-testing.module.js';
export type {
  OverrideTrackingOptions,
  TestTrackingOptions,
  TrackingTestingModuleOptions,
} from './testing-options.js';
export { trackingRecorder, type Recorded } from './recorder-of.js';
export { TrackingRecorder, type RefusedCall } from './tracking-recorder.js';
export { TestClock } from './test-clock.js';
export { fakeDestination, type FakeDestination } from './fake-destination.js';
export type { FakeAnswer, FakeDestinationOptions, FakeRequest } from './fake-options.js';
export { trackingMatchers, type TrackingMatchers } from './matchers/tracking-matchers.js';
export type { MatcherContext, MatcherResult } from './matchers/matcher-context.js';
export type { EventMembers } from './matchers/event-match.js';
export { destinationConformance } from './conformance/destination-conformance.js';
export type {
  AnswerExample,
  ConformanceAnswers,
  ConformanceRequest,
  ConformanceRule,
  ConformanceSetup,
  ConformanceTest,
  PlatformAnswer,
} from './conformance/conformance-setup.js';
