/** Every sentence that the delivery may say, so that tests and readers find them in one place. */
export const deliveryMessages = {
  parked: (lane: string, reason: string, answer: string | undefined): string =>
    `Destination '${lane}' is parked (${reason}${said(answer)}): ` +
    'nothing is lost, one event at a time is tried until one gets through. ' +
    (reason === 'unauthorized'
      ? 'Check its credentials and what stands between this host and the platform.'
      : 'Check its endpoint and configuration.'),
  privateHost: (lane: string): string =>
    `Destination '${lane}' is parked (misconfigured): its host resolves to a private address, and \`allowPrivateHosts\` is false. ` +
    'Nothing was sent and nothing is lost; one event at a time is tried until the host is public. Check the URL and its DNS records.',
  noRequest: (lane: string, reason: string, failure: string): string =>
    `Destination '${lane}' is parked (${reason}): its requests cannot be made (${failure}). ` +
    'Nothing was sent and nothing is lost; one event at a time is tried until a request can be made. ' +
    'Check `dispatcher`, which must be one of undici 7 or 8, and the URL and headers of the destination.',
  resumed: (lane: string): string => `Destination '${lane}' delivers again.`,
  failing: (lane: string, failure: string): string =>
    `Destination '${lane}' does not answer as it should (${failure}); its events wait and are sent again. ` +
    'Where this lasts, look at its status page, and at what stands between this host and it.',
  recovered: (lane: string): string => `Destination '${lane}' answers again.`,
  dead: (lane: string, name: string, reason: string, answer: string | undefined): string =>
    `Destination '${lane}' refuses one event '${name.slice(0, 100)}' (${reason}${said(answer)}); ` +
    'it is kept as a dead letter, all others go on. Correct what makes it; where there is a journal, ' +
    '`npx nestjs-tracking dead list` shows the answer and sends it again.',
  overCapacity: (lane: string, intake: number, capacity: number): string =>
    `Destination '${lane}' was given ${intake} events/s for a minute and can deliver about ${capacity}/s ` +
    '(attempts in flight divided by the round trip): its backlog grows. Raise `concurrency`, or send it fewer events.',
  undrained: (lane: string, count: number): string =>
    `Shut down with ${count} ${count === 1 ? 'event' : 'events'} not delivered to '${lane}'; with memory() ${count === 1 ? 'it is' : 'they are'} ` +
    'lost. It was parked, or too slow for `shutdown.timeoutMs`: raise that, or keep what waits with journal().',
};

/** The status and the words of a kept answer, for a log line. */
export function briefly(kept: string): string {
  return kept.split(': ', 1)[0] ?? '';
}

/** The same as a part of a sentence; a failure is known by its code alone. */
function said(kept: string | undefined): string {
  if (kept === undefined) return '';
  return `, ${/^\d/.test(kept) ? 'it answered ' : ''}${briefly(kept)}`;
}
