import {
  amplitude,
  customerio,
  type Destination,
  ecommerce,
  googleAnalytics,
  jitsu,
  kissmetrics,
  meta,
  mixpanel,
  posthog,
  rudderstack,
  segment,
  snowplow,
  webhook,
} from 'nestjs-tracking';
import { SCHEMAS } from './snowplow-schemas.js';

type Env = Readonly<Record<string, string | undefined>>;
/** `{ endpoint }` of the local collector; empty with credentials of your own, as in your own application. */
type Local = { readonly endpoint?: string };

/** How each destination is made from environment variables. The module checks all values at start. */
export const DESTINATIONS = {
  kissmetrics: (env: Env, local: Local) => kissmetrics({ apiKey: env['KISSMETRICS_API_KEY'], ...local }),

  segment: (env: Env, local: Local) =>
    segment({
      writeKey: env['SEGMENT_WRITE_KEY'],
      region: env['SEGMENT_REGION'] as 'us' | 'eu',
      ...local,
    }),

  rudderstack: (env: Env) =>
    rudderstack({
      writeKey: env['RUDDERSTACK_WRITE_KEY'],
      dataPlaneUrl: env['RUDDERSTACK_DATA_PLANE_URL'],
    }),

  jitsu: (env: Env) => jitsu({ writeKey: env['JITSU_WRITE_KEY'], host: env['JITSU_HOST'] }),

  customerio: (env: Env, local: Local) =>
    customerio({
      writeKey: env['CUSTOMERIO_WRITE_KEY'],
      region: env['CUSTOMERIO_REGION'] as 'us' | 'eu',
      ...local,
    }),

  // `groupType`: the type of the shop's groups.
  posthog: (env: Env) =>
    posthog({ apiKey: env['POSTHOG_API_KEY'], host: env['POSTHOG_HOST'], groupType: 'company' }),

  mixpanel: (env: Env, local: Local) =>
    mixpanel({
      token: env['MIXPANEL_TOKEN'],
      region: env['MIXPANEL_REGION'] as 'us' | 'eu' | 'in',
      groupKey: 'company',
      ...local,
    }),

  amplitude: (env: Env, local: Local) =>
    amplitude({
      apiKey: env['AMPLITUDE_API_KEY'],
      region: env['AMPLITUDE_REGION'] as 'us' | 'eu',
      groupType: 'company',
      ...local,
    }),

  // The reports of Google and Meta know only their own names of events, such as `purchase`: `ecommerce` translates.
  googleAnalytics: (env: Env, local: Local) =>
    googleAnalytics({
      measurementId: env['GA_MEASUREMENT_ID'],
      apiSecret: env['GA_API_SECRET'],
      map: ecommerce('googleAnalytics'),
      ...local,
    }),

  snowplow: (env: Env) =>
    snowplow({
      collector: env['SNOWPLOW_COLLECTOR'],
      appId: 'shop',
      namespace: 'api',
      schemas: SCHEMAS,
    }),

  meta: (env: Env, local: Local) =>
    meta({
      datasetId: env['META_DATASET_ID'],
      accessToken: env['META_ACCESS_TOKEN'],
      map: ecommerce('meta'),
      ...local,
    }),

  webhook: (env: Env) => webhook({ url: env['WEBHOOK_URL'] }),
} satisfies Record<string, (env: Env, local: Local) => Destination>;

export type DestinationName = keyof typeof DESTINATIONS;
