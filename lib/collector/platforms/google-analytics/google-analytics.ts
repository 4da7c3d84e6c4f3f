import type { Answer, CollectorPlatform, CollectorRequest, Reading } from '../../platform.js';
import { jsonAnswer, withoutEvents } from '../reading/reading.js';
import type { Finding } from './google-analytics.messages.js';
import { readGtag } from './gtag.js';
import { readMeasurement } from './measurement.js';

const ACCEPTED: Answer = { status: 204 };

/** Google Analytics: `/mp/collect` answers 204 to everything, `/debug/mp/collect` reports the problems and stores nothing. */
export const googleAnalytics: CollectorPlatform = {
  name: 'googleAnalytics',
  title: 'Google Analytics',
  read(request: CollectorRequest): Reading | undefined {
    switch (request.path) {
      case '/mp/collect': {
        const { events, own } = readMeasurement(request);
        return { events, answer: ACCEPTED, problems: own.map(({ problem }) => problem) };
      }
      case '/debug/mp/collect':
        return withoutEvents(validation(readMeasurement(request).all));
      case '/g/collect':
        return readGtag(request);
      default:
        return undefined;
    }
  },
  // Google documents no answer but the success.
  answer: () => undefined,
};

/** An unconfirmed limit, and a time that `validation_behavior` allows, are not in the vendor's answer. */
function validation(findings: readonly Finding[]): Answer {
  const validationMessages = findings
    .filter(({ code, isFatal }) => isFatal || code !== 'VALUE_OUT_OF_BOUNDS')
    .map(({ code, field, problem }) => ({ fieldPath: field, description: problem, validationCode: code }));
  return jsonAnswer(200, { validationMessages });
}
