import { headersOf } from '../../request/read-header.js';
import type { Consent, ConsentAnswer } from './privacy-options.js';

/**
 * Honours Global Privacy Control: the header `Sec-GPC: 1`, with which a browser states that its user does not want
 * personal data to be sold or shared. It reads HTTP requests, GraphQL requests and the handshake of a socket, and has
 * no effect outside of requests.
 *
 * @param decision the decision for events of such a request, for all destinations or by purpose or name; default `drop`
 * @example
 * TrackingModule.forRoot({ destinations, consent: [globalPrivacyControl({ advertising: 'drop' }), doNotTrack('strip')] })
 */
export function globalPrivacyControl(decision: ConsentAnswer = 'drop'): Consent {
  return bySignal('sec-gpc', decision);
}

/**
 * Honours the header `DNT: 1`, which older browsers send. Otherwise like {@link globalPrivacyControl}.
 *
 * @param decision the decision for events of such a request; default `drop`
 */
export function doNotTrack(decision: ConsentAnswer = 'drop'): Consent {
  return bySignal('dnt', decision);
}

const readers = new WeakSet<Consent>();

/** Whether a hook is one of these. They do not read the event, so they need no copy of it. */
export function isSignalReader(hook: Consent): boolean {
  return readers.has(hook);
}

function bySignal(header: string, decision: ConsentAnswer): Consent {
  const reader: Consent = (_event, request: unknown) => (isRaised(request, header) ? decision : undefined);
  readers.add(reader);
  return reader;
}

/** A header may be sent several times, by a client and a proxy: one `1` is enough. */
function isRaised(request: unknown, header: string): boolean {
  const headers = headersOf(request);
  if (headers === undefined) return false;
  const given: unknown = headers instanceof Headers ? headers.get(header) : headers[header];
  if (given === undefined) return false;
  return [given].flat().some((value) => typeof value === 'string' && /(?:^|,)\s*1\s*(?:,|$)/.test(value));
}
