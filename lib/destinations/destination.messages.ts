/** Sentences that several destinations share. */

/** Logged at start; never contains the URL, which may carry a key. */
export const plainHttp = (destination: string): string =>
  `Destination '${destination}' uses http:, so its events and credentials can be read on the network. Events are still sent. ` +
  'Use https:, or a proxy on this machine that does.';

/** A configuration error; never contains the URL. */
export const privateUrl = (option: string): string =>
  `TrackingModule: option \`${option}\` names a private address; expected a public host, because \`allowPrivateHosts\` is false. ` +
  'Correct the URL, or omit `allowPrivateHosts` if the URL is your own.';

/** A configuration error; never contains the URL. */
export const userInUrl = (option: string, remedy: string): string =>
  `TrackingModule: option \`${option}\` contains a user or password; ${remedy}.`;

/** A configuration error. */
export const ownHeader = (option: string, header: string): string =>
  `TrackingModule: option \`${option}\` cannot be set, because the library sets \`${header}\`. Remove it.`;
