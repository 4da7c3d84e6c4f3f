import type {
  AmplitudeCookieOptions,
  BatchOptions,
  ClaimedAsOptions,
  ConsoleOptions,
  DeadLettersOptions,
  DedupOptions,
  Destination,
  DestinationOptions,
  EventOptions,
  GroupOptions,
  Explanation,
  FromCookieOptions,
  FromJwtClaimOptions,
  GoogleAnalyticsCookieOptions,
  GoogleAnalyticsSessionOptions,
  HashIdsOptions,
  IdempotencyOptions,
  IdentityInput,
  IdentityOptions,
  JournalOptions,
  KissmetricsOptions,
  MemoryOptions,
  MixpanelCookieOptions,
  OutgoingRequest,
  PosthogCookieOptions,
  RedactionRules,
  RequestContextOptions,
  RetryOptions,
  SnowplowCookieOptions,
  TrackingModuleOptions,
  TrackingService,
  TrackOptions,
  WebhookOptions,
} from 'nestjs-tracking';
import type { OpenTelemetryOptions } from 'nestjs-tracking/opentelemetry';
import type { TrackingHealthOptions } from 'nestjs-tracking/terminus';
import type {
  FakeDestinationOptions,
  OverrideTrackingOptions,
  TrackingTestingModuleOptions,
} from 'nestjs-tracking/testing';

/** Members that may be left out and must not be undefined, with `exactOptionalPropertyTypes`. */
type Strict<T> = {
  [Member in keyof T]-?: undefined extends Required<T>[Member]
    ? never
    : {} extends Pick<T, Member>
      ? Member
      : never;
}[keyof T];
type Method = 'accept' | 'check' | 'decode' | 'explain' | 'open' | 'partition';
type FlushOptions = NonNullable<Parameters<TrackingService['flush']>[0]>;

// compiles: the test tells a member that must not be undefined
const seen: 'a' = {} as Strict<{ a?: number; b?: number | undefined; c: number }>;

// compiles: every option may be undefined
const members: readonly never[] = {} as [
  Strict<TrackingModuleOptions>,
  Strict<NonNullable<TrackingModuleOptions['shutdown']>>,
  Strict<IdentityOptions>,
  Strict<RetryOptions>,
  Strict<DedupOptions>,
  Strict<DeadLettersOptions>,
  Strict<IdempotencyOptions>,
  Strict<RequestContextOptions>,
  Strict<RedactionRules>,
  Strict<HashIdsOptions>,
  Strict<MemoryOptions>,
  Strict<JournalOptions>,
  Strict<NonNullable<JournalOptions['retain']>>,
  Strict<DestinationOptions>,
  Strict<BatchOptions>,
  Strict<KissmetricsOptions>,
  Strict<WebhookOptions>,
  Strict<ConsoleOptions>,
  Strict<Omit<Destination, Method>>,
  Strict<NonNullable<Destination['limits']>>,
  Strict<OutgoingRequest>,
  Strict<Explanation>,
  Strict<EventOptions>,
  Strict<GroupOptions>,
  Strict<IdentityInput>,
  Strict<TrackOptions>,
  Strict<FlushOptions>,
  Strict<ClaimedAsOptions>,
  Strict<FromCookieOptions>,
  Strict<FromJwtClaimOptions>,
  Strict<AmplitudeCookieOptions>,
  Strict<GoogleAnalyticsCookieOptions>,
  Strict<GoogleAnalyticsSessionOptions>,
  Strict<MixpanelCookieOptions>,
  Strict<PosthogCookieOptions>,
  Strict<SnowplowCookieOptions>,
  Strict<OpenTelemetryOptions>,
  Strict<TrackingHealthOptions>,
  Strict<FakeDestinationOptions>,
  Strict<OverrideTrackingOptions>,
  Strict<TrackingTestingModuleOptions>,
];

void seen;
void members;
