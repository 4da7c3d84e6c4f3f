/** Sentences about the option `telemetry`. */
export const telemetryMessages = {
  failed: (what: string): string =>
    `${what} threw and was skipped. Events are recorded and delivered without it. Fix the object ` +
    'given as `telemetry`. Logged once; `stats()` has the total.',
};
