import type { CollectorRequest, Reading } from '../../platform.js';
import { jsonAnswer } from '../reading/answers.js';

/** Requests of the browser SDK for cookies and about errors; it continues after any answer. */
const WITHOUT_EVENTS: ReadonlySet<string> = new Set(['/rsaRequest', '/rsaMetrics']);

/** A source without device-mode destinations, so that the SDK sends its events to the data plane alone. */
const SOURCE = {
  source: {
    id: 'collector',
    name: 'collector',
    writeKey: '',
    enabled: true,
    workspaceId: 'collector',
    config: { statsCollection: { errors: { enabled: false }, metrics: { enabled: false } } },
    destinations: [],
    connections: [],
  },
  updatedAt: '2026-01-01T00:00:00.000Z',
};

/** Answers the requests of the browser SDK that carry no events; undefined for other paths. */
export function readBrowserRequest({ path, query }: CollectorRequest): Reading | undefined {
  const trimmed = path.replace(/\/+$/, '');
  if (trimmed === '/sourceConfig' || trimmed === '/sourceConfig/v1') {
    const source = { ...SOURCE.source, writeKey: query.get('writeKey') ?? '' };
    return { events: [], answer: jsonAnswer(200, { ...SOURCE, source }), problems: [] };
  }
  if (!WITHOUT_EVENTS.has(trimmed)) return undefined;
  return { events: [], answer: jsonAnswer(200, {}), problems: [] };
}
