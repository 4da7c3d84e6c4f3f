export { TrackingModule } from './tracking.module.js';
export { TrackingService } from './tracking.service.js';
export { RunAs } from './decorator/run-as.decorator.js';
export type { RunAsDecorator } from './decorator/run-as.decorator.js';
export { Track } from './decorator/track.decorator.js';
export type {
  ResultDoesNotFit,
  Returning,
  TrackArguments,
  TrackCall,
  TrackCircumstances,
  TrackDecorator,
  TrackOptions,
  TrackValue,
} from './decorator/track.decorator.js';
export { doNotTrack, globalPrivacyControl } from './capture/privacy/browser-signals.js';
export { hashId } from './capture/privacy/id-hashing.js';
export { emailAddresses, paymentCardNumbers } from './capture/privacy/text-patterns.js';
export type {
  Consent,
  ConsentAnswer,
  ConsentChoice,
  ConsentDecision,
  HashIdsOptions,
  IdField,
  RedactionRules,
  Sampling,
} from './capture/privacy/privacy-options.js';
export type { TextPattern } from './capture/privacy/text-rules.js';
export type { LaneFilter } from './capture/routing/lane-filter.js';
export type { Redact } from './capture/redaction.js';
export { IdentityInterceptor } from './identity/scope/identity.interceptor.js';
export { fromRequestUser } from './identity/resolvers/verified-user.js';
export { fromCookie } from './identity/resolvers/unverified-id.js';
export type { FromCookieOptions } from './identity/resolvers/unverified-id.js';
export { fromHeader } from './identity/resolvers/unverified-id.js';
export type { ClaimedAsOptions } from './identity/resolvers/unverified-id.js';
export { fromJwtClaim } from './identity/resolvers/verified-user.js';
export type { FromJwtClaimOptions } from './identity/resolvers/verified-user.js';
export { TrackingConfigError } from './config/tracking-config.error.js';
export type { TrackingModuleOptions, TrackingOptionsFactory } from './options/module-options.js';
export type { DeadLettersOptions, DedupOptions, RetryOptions } from './options/delivery-options.js';
export type { IdentityOptions } from './options/identity-options.js';
export type { EventOptions, GroupOptions, FlushReport, RecordResult } from './options/call-options.js';
export type { IdempotencyOptions, SharedEventId } from './capture/idempotency/idempotency-options.js';
export type { RequestContextOptions, SessionReader } from './context/request-context-options.js';
export {
  defineTrackingPlan,
  type EventSchemas,
  type OnInvalid,
  type TrackingPlan,
  type TraitSchemas,
} from './plan/tracking-plan.js';
export {
  typed,
  type StandardIssue,
  type StandardProps,
  type StandardResult,
  type StandardSchema,
} from './plan/standard-schema.js';
export type {
  Register,
  EventArguments,
  EventName,
  EventProperties,
  GroupArguments,
  GroupTraits,
  IdentifyTraits,
  PlannedName,
  RecordedName,
} from './plan/planned.js';
export type { PlanPlace, PlanStats } from './plan/plan-stats.js';
export type { LaneTrouble, LastRefusal } from './event/last-refusal.js';
export type { LaneStats, TrackingStats } from './observe/stats.js';
export type {
  BrowserClaims,
  BrowserResolver,
  Id,
  Identity,
  IdentityClaims,
  IdentityInput,
  IdentityResolver,
  IdObject,
} from './event/identity.js';
export type { PersonData, PersonResolver } from './event/person-data.js';
export type { EventTime } from './event/event-time.js';
export type { BrowserIds, BrowserIdsByDestination } from './event/browser-ids.js';
export type {
  ConsentState,
  HashedPerson,
  HeldEvent,
  LaneEntry,
  LaneEvent,
  LaneNote,
} from './event/lane-event.js';
export type { LifecycleEvent } from './observe/lifecycle.js';
export type { Notice } from './observe/notices.js';
export type { Reason, ReasonCounts } from './event/reasons.js';
export type {
  AttemptReport,
  TelemetryJournal,
  TelemetryLane,
  TelemetrySource,
  TelemetryStats,
  TrackingTelemetry,
} from './observe/telemetry.js';
export type { StrandedEvents, StrandedReason } from './event/stranded.js';
export type { EventType, JsonObject, JsonValue, TrackingEvent } from './event/tracking-event.js';
export { journal } from './buffer/journal/journal.js';
export type { Fsync, JournalOptions } from './buffer/journal/options/journal-options.js';
export { memory } from './buffer/memory/memory.js';
export type { MemoryOptions, OnFull } from './buffer/memory/memory-options.js';
export type {
  BufferSetup,
  CommitState,
  DeadLetter,
  EventBuffer,
  EventBufferFactory,
  JournalStats,
  LaneAccount,
  LaneLedger,
  Lease,
  LeaseLimits,
  OfferRefusal,
  Route,
  Settlement,
  StoredEvent,
  UnreadablePath,
  Waiting,
  WrittenPlace,
} from './buffer/event-buffer.js';
export type {
  Acknowledgement,
  Admission,
  AllowedProperties,
  Answer,
  Attempt,
  CredentialsSource,
  Deduplication,
  Destination,
  DestinationLimits,
  DestinationSetup,
  FreshCredentials,
  Explanation,
  Outcome,
  OutgoingRequest,
  Purpose,
  RequestOutcome,
} from './destinations/destination.js';
export type { BatchOptions } from './destinations/batch-options.js';
export type { DestinationOptions } from './destinations/destination-options.js';
export type { DestinationMap, MappedContent, MapTables } from './destinations/destination-map.js';
export { ecommerce } from './destinations/vocabularies/ecommerce.js';
export type { EcommercePlatform } from './destinations/vocabularies/ecommerce.js';
export type { Clock, Timer } from './host/clock.js';
export type { Log, LogSink } from './host/log.js';
export { console } from './destinations/console/console.js';
export type { ConsoleOptions } from './destinations/console/console-options.js';
export { kissmetrics } from './destinations/kissmetrics/kissmetrics.js';
export type { KissmetricsOptions } from './destinations/kissmetrics/kissmetrics-options.js';
export { fromKissmetricsCookies } from './destinations/kissmetrics/kissmetrics-cookies.js';
export { amplitude } from './destinations/amplitude/amplitude.js';
export type { AmplitudeOptions } from './destinations/amplitude/amplitude-options.js';
export { amplitudeSession, fromAmplitudeCookie } from './destinations/amplitude/amplitude-cookies.js';
export type { AmplitudeCookieOptions } from './destinations/amplitude/amplitude-cookies.js';
export { customerio } from './destinations/customerio/customerio.js';
export type { CustomerioOptions } from './destinations/customerio/customerio-options.js';
export { googleAnalytics } from './destinations/google-analytics/google-analytics.js';
export type { GoogleAnalyticsOptions } from './destinations/google-analytics/google-analytics-options.js';
export {
  fromGoogleAnalyticsCookie,
  googleAnalyticsSession,
} from './destinations/google-analytics/google-analytics-cookies.js';
export type {
  GoogleAnalyticsCookieOptions,
  GoogleAnalyticsSessionOptions,
} from './destinations/google-analytics/google-analytics-cookies.js';
export { jitsu } from './destinations/jitsu/jitsu.js';
export type { JitsuOptions } from './destinations/jitsu/jitsu-options.js';
export { fromJitsuCookies } from './destinations/jitsu/jitsu-cookies.js';
export { meta } from './destinations/meta/meta.js';
export { fromMetaCookies } from './destinations/meta/meta-cookies.js';
export type { MetaOptions } from './destinations/meta/meta-options.js';
export { mixpanel } from './destinations/mixpanel/mixpanel.js';
export type {
  MixpanelOptions,
  MixpanelServiceAccountOptions,
} from './destinations/mixpanel/mixpanel-options.js';
export { fromMixpanelCookie } from './destinations/mixpanel/mixpanel-cookies.js';
export type { MixpanelCookieOptions } from './destinations/mixpanel/mixpanel-cookies.js';
export { posthog } from './destinations/posthog/posthog.js';
export type { PosthogOptions } from './destinations/posthog/posthog-options.js';
export {
  fromPosthogCookie,
  fromPosthogHeaders,
  posthogSession,
} from './destinations/posthog/posthog-cookies.js';
export type { PosthogCookieOptions } from './destinations/posthog/posthog-cookies.js';
export {
  fromRudderstackCookies,
  rudderstackSession,
} from './destinations/rudderstack/rudderstack-cookies.js';
export { rudderstack } from './destinations/rudderstack/rudderstack.js';
export type { RudderstackOptions } from './destinations/rudderstack/rudderstack-options.js';
export { fromSegmentCookies } from './destinations/segment-protocol/segment-cookies.js';
export { segment } from './destinations/segment/segment.js';
export type { SegmentOptions } from './destinations/segment/segment-options.js';
export { snowplow } from './destinations/snowplow/snowplow.js';
export type { SnowplowOptions } from './destinations/snowplow/snowplow-options.js';
export type { SelfDescribingJson, SnowplowContexts } from './destinations/snowplow/self-describing.js';
export { fromSnowplowCookie, snowplowSession } from './destinations/snowplow/snowplow-cookies.js';
export type { SnowplowCookieOptions } from './destinations/snowplow/snowplow-cookies.js';
export { webhook } from './destinations/webhook/webhook.js';
export type { CloudEventsOptions } from './destinations/webhook/cloud-events-options.js';
export type { WebhookBody, WebhookEncode } from './destinations/webhook/webhook-body.js';
export type { WebhookHeaders, WebhookRequest } from './destinations/webhook/webhook-headers.js';
export type { WebhookOptions } from './destinations/webhook/webhook-options.js';
