import type { CollectorRequest, Reading } from '../../platform.js';
import { jsonAnswer, withoutEvents } from '../reading/reading.js';

const SETTINGS = /^\/v1\/projects\/([^/]+)\/settings$/;
const METRICS = '/v1/m';

/**
 * Answers the requests of analytics.js that carry no events: those for its settings, which send its events to the collector, and
 * those with its own metrics. Undefined for other paths.
 */
export function readHousekeeping(
  { path, headers }: CollectorRequest,
  platform: string,
  integration = 'Segment.io',
): Reading | undefined {
  if (path === METRICS) return withoutEvents(jsonAnswer(200, { success: true }));
  const [, apiKey] = SETTINGS.exec(path) ?? [];
  if (apiKey === undefined) return undefined;
  const own = {
    apiKey,
    apiHost: `${headers['host'] ?? '127.0.0.1'}/${platform}/v1`,
    protocol: 'http',
    unbundledIntegrations: [],
    addBundledMetadata: false,
    maybeBundledConfigIds: {},
    versionSettings: { componentTypes: [] },
  };
  const settings = {
    integrations: { [integration]: own },
    plan: {},
    edgeFunction: {},
    analyticsNextEnabled: true,
    middlewareSettings: {},
    enabledMiddleware: {},
    metrics: { sampleRate: 0 },
    legacyVideoPluginsEnabled: false,
    remotePlugins: [],
  };
  return withoutEvents(jsonAnswer(200, settings));
}
