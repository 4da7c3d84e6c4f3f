import { DESTINATIONS, type DestinationName } from './destinations.js';
import { missingVariables, unknownDestination } from './routes.messages.js';

type Env = Readonly<Record<string, string | undefined>>;

/** Where the events of one destination go, and the variables that it is made from. */
export interface Route {
  readonly name: DestinationName;
  readonly env: Env;
  /** The endpoint at the local collector; undefined: the real host. */
  readonly endpoint: string | undefined;
}

/** Stands for the platform's endpoint at the local collector. */
const ENDPOINT = Symbol('endpoint');

/** The variables of each destination, and what stands in for them at the local collector. None is a real key. */
export const VARIABLES: Readonly<Record<DestinationName, Readonly<Record<string, string | symbol>>>> = {
  kissmetrics: { KISSMETRICS_API_KEY: '0'.repeat(40) },
  segment: { SEGMENT_WRITE_KEY: 'local', SEGMENT_REGION: 'us' },
  rudderstack: { RUDDERSTACK_WRITE_KEY: 'local', RUDDERSTACK_DATA_PLANE_URL: ENDPOINT },
  jitsu: { JITSU_WRITE_KEY: 'local:local', JITSU_HOST: ENDPOINT },
  customerio: { CUSTOMERIO_WRITE_KEY: 'local', CUSTOMERIO_REGION: 'us' },
  posthog: { POSTHOG_API_KEY: 'phc_local', POSTHOG_HOST: ENDPOINT },
  mixpanel: { MIXPANEL_TOKEN: 'local', MIXPANEL_REGION: 'us' },
  amplitude: { AMPLITUDE_API_KEY: 'local-local', AMPLITUDE_REGION: 'us' },
  googleAnalytics: { GA_MEASUREMENT_ID: 'G-LOCAL', GA_API_SECRET: 'local' },
  snowplow: { SNOWPLOW_COLLECTOR: ENDPOINT },
  meta: { META_DATASET_ID: '1', META_ACCESS_TOKEN: 'local' },
  webhook: { WEBHOOK_URL: ENDPOINT },
};

/**
 * Reads `SHOP_DESTINATIONS`, names separated by commas. A destination whose variables are all set goes to its real host;
 * with none of them, to the collector at `SHOP_COLLECTOR`.
 *
 * @throws Error for an unknown name, and where only some variables of a destination are set
 */
export function routesFrom(env: Env): Route[] {
  const names = (env['SHOP_DESTINATIONS'] || 'kissmetrics').split(',').map((name) => name.trim());
  const collector = env['SHOP_COLLECTOR'] || 'http://127.0.0.1:4100';
  return [...new Set(names)].map((name) => {
    if (!isDestination(name)) throw new Error(unknownDestination(name, Object.keys(DESTINATIONS)));
    const variables = Object.entries(VARIABLES[name]);
    const missing = variables.filter(([variable]) => !env[variable]).map(([variable]) => variable);
    if (missing.length === 0) return { name, env, endpoint: undefined };
    if (missing.length < variables.length) throw new Error(missingVariables(name, missing));

    const endpoint = `${collector}/${name}`;
    const standIns = variables.map(([variable, value]) => [variable, value === ENDPOINT ? endpoint : value]);
    return { name, env: Object.fromEntries(standIns) as Env, endpoint };
  });
}

function isDestination(name: string): name is DestinationName {
  return Object.hasOwn(DESTINATIONS, name);
}
