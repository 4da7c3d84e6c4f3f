/** Logged once, if an event has no page and browser. */
export const noWebsite = (destination: string): string =>
  `Destination \`${destination}\`: an event has no page URL or no user agent, which Meta requires for \`website\`. It is sent as ` +
  '`system_generated`. Turn on `userAgent` and `referrer` of the request context, or give both in `context`; or set `actionSource` if ' +
  'your events do not come from a website. Logged once; `stats()` has the total.';
