import { choice, flag, members, text, textLike } from '../../config/kinds.js';
import type { Option, OptionsOf } from '../../config/option.js';

/** Characters that no URI can have (RFC 3986). */
const URI_REFERENCE = /^[^\s"<>\\^`{|}]+$/;

export const cloudEventsRows = {
  /**
   * Where the events come from: a URI reference, such as `https://shop.example.com/api`.
   *
   * A receiver recognises a repeated event by `source` and `id` together, so do not change it.
   */
  source: textLike(URI_REFERENCE, 'a URI reference, such as https://shop.example.com/api').required(),
  /**
   * True: a request has an array of events, which a receiver has to ask for. False: one event per request.
   *
   * The media types are `application/cloudevents-batch+json` and `application/cloudevents+json`.
   * @default false
   */
  batched: flag().default(false),
  /**
   * Precedes the event's name in `type`, such as `com.example.`.
   * @default none
   */
  typePrefix: text().default(''),
  /**
   * The content of `data`: the properties or traits alone, or the whole event as `webhook()` sends it otherwise.
   * @default 'properties'
   */
  data: choice('properties', 'event').default('properties'),
};

/** How events become CloudEvents 1.0. */
export interface CloudEventsOptions extends OptionsOf<typeof cloudEventsRows> {}

export const cloudEvents = (): Option<CloudEventsOptions> => members<CloudEventsOptions>(cloudEventsRows);
