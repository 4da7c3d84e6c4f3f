import * as core from 'nestjs-tracking';
import type { TrackingService } from 'nestjs-tracking';
import * as opentelemetry from 'nestjs-tracking/opentelemetry';
import * as terminus from 'nestjs-tracking/terminus';
import * as testing from 'nestjs-tracking/testing';

// An application that emits declarations: whatever it makes of the package must have a type that can be written down.

declare const tracking: TrackingService;
declare const properties: object;

// compiles: decorators of its own
export const TrackOrder = () => core.Track('Order Completed', { key: (order: { id: string }) => order.id });
export const TrackAnything = () => core.Track('Whatever');
export const AsOwner = () => core.RunAs((owner: string) => ({ userId: owner }));

// compiles: the functions and classes of the core, and what they return
export const everything = { ...core };
export const track = core.Track;
export const runAs = core.RunAs;
export const results = {
  module: core.TrackingModule.forRoot({ destinations: [core.webhook({ url: 'https://example.com' })] }),
  asynchronous: core.TrackingModule.forRootAsync({ useFactory: () => ({ destinations: [] }) }),
  memory: core.memory(),
  journal: core.journal({ directory: 'var/tracking' }),
  kissmetrics: core.kissmetrics({ apiKey: 'k' }),
  webhook: core.webhook({ url: 'https://example.com' }),
  plan: core.defineTrackingPlan({ Seen: core.typed<{ path: string }>() }),
  typed: core.typed<{ path: string }>(),
  resolvers: [core.fromRequestUser(), core.fromHeader('x-user'), core.fromKissmetricsCookies()],
  fromCookie: core.fromCookie('user'),
  fromJwtClaim: core.fromJwtClaim('sub'),
  doNotTrack: core.doNotTrack,
  globalPrivacyControl: core.globalPrivacyControl,
  emailAddresses: core.emailAddresses,
  hashId: core.hashId,
};

// compiles: what the service returns
export const answers = {
  track: tracking.track(name(), properties),
  record: tracking.record(name(), properties),
  identify: tracking.identify(properties),
  group: tracking.group('g-1'),
  identity: tracking.identity(),
  hold: tracking.hold(() => 1),
  flush: tracking.flush(),
  stats: tracking.stats(),
  lanes: tracking.stats().lanes,
  lane: tracking.stats().lanes['kissmetrics'],
  rejected: tracking.stats().rejected,
  journal: tracking.stats().journal,
  lifecycle: tracking.lifecycle$,
};

// compiles: its methods, as functions
export const methods = {
  track: (...given: Parameters<TrackingService['track']>) => tracking.track(...given),
  record: tracking.record.bind(tracking),
  group: tracking.group.bind(tracking),
};

// compiles: a service of its own
export class Analytics extends core.TrackingService {
  readonly handOver = this.track.bind(this);
}

// compiles: the other entry points
export const others = { ...testing, ...terminus, ...opentelemetry };
export const kit = {
  fake: testing.fakeDestination({ name: 'kissmetrics' }),
  recorder: testing.trackingRecorder(tracking),
  events: testing.trackingRecorder(tracking).events,
  module: testing.TrackingTestingModule.forRoot(),
};
export const metrics = opentelemetry.openTelemetry();

function name(): string {
  return 'Seen';
}
