import type { CollectorPlatform } from './platform.js';

/** How an application sends to a platform of the collector. */
export interface PlatformEndpoint {
  /** The name of the destination's factory. */
  readonly name: string;
  /** The option of the factory that takes the URL. */
  readonly option: string;
  readonly url: string;
}

/** The options that are not named `endpoint`. */
const URL_OPTIONS: Readonly<Record<string, string | undefined>> = {
  rudderstack: 'dataPlaneUrl',
  jitsu: 'host',
  posthog: 'host',
  snowplow: 'collector',
  webhook: 'url',
};

/** Addresses that stand for every interface: not every system can connect to them. */
const EVERY_INTERFACE: Readonly<Record<string, string | undefined>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

export function urlOf(host: string, port: number): string {
  const address = EVERY_INTERFACE[host] ?? host;
  const urlHost = address.includes(':') ? `[${address}]` : address;
  return `http://${urlHost}:${port}`;
}

export function endpointsOf(url: string, platforms: readonly CollectorPlatform[]): PlatformEndpoint[] {
  return platforms.map(({ name }) => ({
    name,
    option: URL_OPTIONS[name] ?? 'endpoint',
    url: `${url}/${name}`,
  }));
}
