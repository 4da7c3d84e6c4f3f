import type { CollectorRequest, Reading } from '../../platform.js';
import { jsonAnswer, withoutEvents } from '../reading/reading.js';
import { pathOf } from '../reading/request.js';

/** A source without device-mode destinations, so that the SDK sends its events to the data plane alone. */
const SOURCE = {
  id: 'collector',
  name: 'collector',
  writeKey: '',
  enabled: true,
  workspaceId: 'collector',
  config: { statsCollection: { errors: { enabled: false }, metrics: { enabled: false } } },
  destinations: [],
  connections: [],
};

/** Answers the requests of the browser SDK that carry no events; undefined for other paths. */
export function readBrowserRequest(request: CollectorRequest): Reading | undefined {
  switch (pathOf(request)) {
    case '/sourceConfig':
    case '/sourceConfig/v1': {
      const source = { ...SOURCE, writeKey: request.query.get('writeKey') ?? '' };
      return withoutEvents(jsonAnswer(200, { source, updatedAt: '2026-01-01T00:00:00.000Z' }));
    }
    // For cookies and about errors; it continues after any answer.
    case '/rsaRequest':
    case '/rsaMetrics':
      return withoutEvents(jsonAnswer(200, {}));
    default:
      return undefined;
  }
}
