import type { Answer, AnswerKind, CollectorPlatform, CollectorRequest, Reading } from '../../platform.js';
import { jsonAnswer, withoutEvents } from '../reading/reading.js';
import { pathOf } from '../reading/request.js';
import { captureAnswer, readCapture } from './capture.js';
import { answerV1, readV1 } from './v1.js';

const CAPTURE_PATHS: ReadonlySet<string> = new Set(['/batch', '/i/v0/e', '/e', '/capture', '/track']);
const SCRIPT_HEADERS = { 'content-type': 'application/javascript; charset=utf-8' };

/** The settings of a new project, without the features that load further files. */
const CONFIG = {
  supportedCompression: ['gzip', 'gzip-js'],
  hasFeatureFlags: false,
  captureDeadClicks: false,
  capturePerformance: false,
  autocapture_opt_out: false,
  autocaptureExceptions: false,
  analytics: { endpoint: '/e/' },
  defaultIdentifiedOnly: true,
  elementsChainAsString: true,
  errorTracking: { autocaptureExceptions: false, suppressionRules: [] },
  heatmaps: false,
  sessionRecording: false,
  surveys: false,
  conversations: false,
  productTours: false,
  siteApps: [],
  isAuthenticated: false,
  toolbarParams: {},
};
const FLAGS = {
  flags: {},
  featureFlags: {},
  featureFlagPayloads: {},
  errorsWhileComputingFlags: false,
  requestId: '00000000-0000-4000-8000-000000000000',
};
const LISTS = { surveys: [], experiments: [], earlyAccessFeatures: [], product_tours: [], results: [] };

const CONFIG_ANSWER = jsonAnswer(200, CONFIG);
const OK = jsonAnswer(200, { status: 'Ok' });

/** PostHog: `/batch/` and the paths of single events and of posthog-js, and `/i/v1/analytics/events`. */
export const posthog: CollectorPlatform = {
  name: 'posthog',
  title: 'PostHog',
  gzipWithoutHeader: true,
  read(request: CollectorRequest): Reading | undefined {
    const path = pathOf(request);
    if (CAPTURE_PATHS.has(path)) return readCapture(request);
    if (path === '/i/v1/analytics/events') return readV1(request);
    return readHousekeeping(path);
  },
  answer(kind: AnswerKind, reading: Reading): Answer | undefined {
    return 'uuids' in reading ? answerV1(kind, reading) : captureAnswer(kind, reading);
  },
};

/** The requests of posthog-js that carry no events: settings, flags, recordings, and its own files. */
function readHousekeeping(path: string): Reading | undefined {
  const answer = answerTo(path);
  return answer && withoutEvents(answer);
}

function answerTo(path: string): Answer | undefined {
  if (path === '/flags') return jsonAnswer(200, FLAGS);
  if (path === '/decide') return jsonAnswer(200, { ...CONFIG, ...FLAGS });
  if (path === '/s' || path === '/i/v1/logs' || path === '/i/v1/metrics') return OK;
  if (path.startsWith('/api/')) return jsonAnswer(200, LISTS);
  if (path.startsWith('/static/')) return { status: 200, headers: SCRIPT_HEADERS };
  const [, token, file] = /^\/array\/([\w-]{1,200})\/(config|config\.js)$/.exec(path) ?? [];
  if (token === undefined) return undefined;
  return file === 'config'
    ? CONFIG_ANSWER
    : { status: 200, headers: SCRIPT_HEADERS, body: configScript(token) };
}

function configScript(token: string): string {
  const content = JSON.stringify({ config: CONFIG, siteApps: [] });
  return `(window._POSTHOG_REMOTE_CONFIG = window._POSTHOG_REMOTE_CONFIG || {})[${JSON.stringify(token)}] = ${content};\n`;
}
