import type { Answer, AnswerKind, CollectorPlatform, CollectorRequest, Reading } from '../../platform.js';
import { pathOf } from '../reading/request.js';
import { readHousekeeping } from './browser.js';
import { readCapture, CAPTURE_ANSWERS } from './capture.js';
import { answerV1, readV1, type V1Reading } from './v1.js';

const CAPTURE_PATHS: ReadonlySet<string> = new Set(['/batch', '/i/v0/e', '/e', '/capture', '/track']);

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
    return 'uuids' in reading ? answerV1(kind, (reading as V1Reading).uuids) : CAPTURE_ANSWERS[kind];
  },
};
