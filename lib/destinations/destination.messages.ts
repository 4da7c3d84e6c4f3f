/** Sentences about what several destinations have in common. */

/** Said at start; never holds the URL, which may carry a key. */
export const plainHttp = (destination: string): string =>
  `Destination '${destination}' uses http:, so its events and credentials can be read on the way. Events are sent all the same. ` +
  'Use https:, or a proxy on this machine that does.';

/** Said at start; never holds the URL. */
export const privateUrl = (option: string): string =>
  `TrackingModule: option \`${option}\` names a private address; expected a public host, because \`allowPrivateHosts\` is false. ` +
  'Correct the URL, or leave `allowPrivateHosts` out where the URL is your own.';
