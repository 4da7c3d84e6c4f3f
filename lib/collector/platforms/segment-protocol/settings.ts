import type { CollectorRequest, Reading } from '../../platform.js';
import { jsonAnswer } from '../reading/answers.js';

const SETTINGS = /^\/v1\/projects\/([^/]+)\/settings$/;
const METRICS = '/v1/m';

/**
 * Answers the requests of analytics.js that carry no events: those for its settings, which send its events to the collector, and
 * those with its own metrics. Undefined for other paths.
 */
export function readHousekeeping(
  { path, headers }: CollectorRequest,
  { platform, integration }: { platform: string; integration: string },
): Reading | undefined {
  if (path === METRICS) return { events: [], answer: jsonAnswer(200, { success: true }), problems: [] };
  const [, key] = SETTINGS.exec(path) ?? [];
  if (key === undefined) return undefined;
  const settings = {
    integrations: {
      [integration]: {
        apiKey: key,
        apiHost: `${headers['host'] ?? '127.0.0.1'}/${platform}/v1`,
        protocol: 'http',
        unbundledIntegrations: [],
        addBundledMetadata: false,
        maybeBundledConfigIds: {},
        versionSettings: { componentTypes: [] },
      },
    },
    plan: {},
    edgeFunction: {},
    analyticsNextEnabled: true,
    middlewareSettings: {},
    enabledMiddleware: {},
    metrics: { sampleRate: 0 },
    legacyVideoPluginsEnabled: false,
    remotePlugins: [],
  };
  return { events: [], answer: jsonAnswer(200, settings), problems: [] };
}
