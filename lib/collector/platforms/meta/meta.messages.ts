/** Rules that an event can break: one event fails its whole request. */
export const notAnObject = 'It is not an object.';
export const noName = 'It has no event_name.';
export const badTime = 'Its event_time is not an integer of seconds.';
export const oldTime = 'Its event_time is more than 7 days ago.';
export const badSource = 'It has no action_source that Meta knows.';
export const noWebsite =
  'Its action_source is website, but it has no event_source_url or no client_user_agent.';
export const noPerson = 'Its user_data has none of the members by which Meta finds a person.';
export const notHashed = 'A member of its user_data is not a SHA-256 hash in lower-case hexadecimal.';
export const badPixelId = 'Its fbp does not have the form of the cookie: fb.<index>.<milliseconds>.<number>.';
export const badClickId = 'Its fbc does not have the form of the cookie: fb.<index>.<milliseconds>.<fbclid>.';
export const badAddress = 'Its client_ip_address is not an address.';
export const badCustomData = 'Its custom_data is not an object.';

/** Meta stores the event. */
export const noId =
  "It has no event_id: Meta can recognise neither a repetition nor the browser's own event.";

/** Rules that a request can break. */
export const noToken = 'The request has no access token.';
export const tokenInUrl =
  'The access token is in the URL, where logs keep it. Send it in the body or in the Authorization header.';
export const noEvents = 'The body has no events in data.';
export const manyEvents = 'The request has more than 1,000 events.';
export const poison = 'One invalid event fails the whole request. Meta processes none of its events.';
