import type { DestinationName } from '../tracking/destinations.js';
import type { Route } from '../tracking/routes.js';
import { Html } from './html.js';

/**
 * Stands in for the platforms' browser libraries, which your own pages load: each keeps a visitor's id in a cookie of its
 * own, in its own form. A server reads these cookies and never sets them.
 */
const COOKIES: Partial<Record<DestinationName, (env: Route['env']) => string>> = {
  kissmetrics: () => `['km_ai', btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(20))))]`,
  segment: () => `['ajs_anonymous_id', id]`,
  customerio: () => `['ajs_anonymous_id', id]`,
  rudderstack: () => `['rl_anonymous_id', 'RS_ENC_v3_' + btoa(JSON.stringify(id))]`,
  jitsu: () => `['__eventn_id', id]`,
  posthog: (env) =>
    `['ph_${env['POSTHOG_API_KEY']}_posthog', JSON.stringify({ distinct_id: id, $device_id: id })]`,
  mixpanel: (env) =>
    `['mp_${env['MIXPANEL_TOKEN']}_mixpanel', JSON.stringify({ distinct_id: '$device:' + id, $device_id: id })]`,
  amplitude: (env) =>
    `['AMP_${env['AMPLITUDE_API_KEY']?.slice(0, 10)}', btoa(encodeURIComponent(JSON.stringify({ deviceId: id })))]`,
  googleAnalytics: () => `['_ga', 'GA1.1.' + number + '.' + seconds]`,
  snowplow: () => `['_sp_id.1fff', [id, seconds, 1, seconds, seconds, id].join('.')]`,
  meta: () => `['_fbp', 'fb.1.' + seconds + '000.' + number]`,
};

/** A new visitor gets new ids. After sign-in KISSmetrics' library keeps the customer's id, until sign-out. */
export function browserLibraries(routes: readonly Route[]): Html {
  const cookies = routes.flatMap(({ name, env }) => COOKIES[name]?.(env) ?? []);
  return new Html(`
  const { account } = document.body.dataset;
  const cookie = (name, value, maxAge = 157680000) =>
    document.cookie = name + '=' + encodeURIComponent(value) + '; path=/; max-age=' + maxAge;
  const has = (name) => document.cookie.split('; ').some((each) => each.startsWith(name + '='));

  const seconds = Math.floor(Date.now() / 1000);
  const number = crypto.getRandomValues(new Uint32Array(1))[0];
  const visitor = [${cookies.map((each) => `(id) => ${each}`).join(', ')}]
    .map((newCookie) => newCookie(crypto.randomUUID()));

  if (account) {
    cookie('km_ai', account);
    cookie('km_ni', account);
  } else if (has('km_ni') || !visitor.every(([name]) => has(name))) {
    for (const [name, value] of visitor) cookie(name, value);
    cookie('km_ni', '', 0);
  }
`);
}
