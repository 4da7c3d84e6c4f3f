/**
 * What one platform's own browser library said of the browser that sent a request: claims of a client, which prove nobody's
 * identity. Frozen with the event, and handed only to the destination whose resolvers read them.
 */
export interface BrowserIds {
  /** The id that the library gave the browser before anybody signed in. */
  readonly anonymousId?: string | undefined;
  /** The library's id of the visit. */
  readonly sessionId?: string | number | undefined;
  /** Ids of advertising clicks and the like, by the platform's own names, such as `fbc`. */
  readonly clickIds?: Readonly<Record<string, string>> | undefined;
}

/** The browser ids of an event or of a request, by the destination's name. */
export type BrowserIdsByDestination = Readonly<Record<string, BrowserIds>>;
