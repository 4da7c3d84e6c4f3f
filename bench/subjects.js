/** Whose SDK comes from which package. `bench/package.json` pins their versions. */
export const PACKAGES = {
  posthog: 'posthog-node',
  segment: '@segment/analytics-node',
  mixpanel: 'mixpanel',
  amplitude: '@amplitude/analytics-node',
  rudderstack: '@rudderstack/rudder-sdk-node',
  snowplow: '@snowplow/node-tracker',
  customerio: '@customerio/cdp-analytics-node',
};

export const ALL_PEERS = Object.keys(PACKAGES);

/** Measured unless the command says otherwise. */
export const DEFAULT_PEERS = ['posthog', 'segment'];

/**
 * `ours`, `floor`, or a peer.
 *
 * @returns {Promise<{ label: string, settings: Record<string, string>, create(how: { url: string, setting: string }): any }>}
 */
export const subject = (name) => import(`./subjects/${name}.js`);
