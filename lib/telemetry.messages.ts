/** Sentences about the option `telemetry`. */
export const telemetryMessages = {
  failed: (what: string): string =>
    `${what} threw and was passed over; events are recorded and delivered as if there were none. Mend what was ` +
    'given as `telemetry`. Said once; stats() counts the others.',
};
