/** Rules that an event can break. The answer is 200 in any case: the pipeline turns the event into a bad row. */
export const notAnObject = 'It is not an object.';
export const missingKey = 'It has no tv, no p or no e.';
export const unknownKey = 'It has a key that the schema payload_data does not have.';
export const notAText = 'One of its values is not text.';
export const unknownType = 'Its type (e) is not pv, pp, ue, se, tr or ti.';
export const noSelfDescribing = 'It is self-describing (ue), but has neither ue_px nor ue_pr.';
export const badSelfDescribing =
  'Its ue_px or ue_pr is not self-describing JSON: an unstruct_event with the Iglu URI and the data of the event.';
export const badContexts = 'Its cx or co is not an array of entities with Iglu URIs.';
export const badTime = 'Its dtm or ttm is not a number of milliseconds.';
export const badSession = 'Its sid is not a UUID.';

/** The pipeline may store the event. */
export const badId = 'Its eid is not a UUID: the pipeline may turn it into a bad row (unconfirmed).';
export const longValue =
  'One of its values is longer than its column: the pipeline may turn it into a bad row (unconfirmed).';

/** Rules that a request can break. */
export const undecodable = 'The body is not JSON with a schema and data.';
export const wrongSchema = 'The schema of the body is not payload_data.';
export const noEvents = 'The request has no events.';
export const wrongType = 'The content type of the request is not application/json.';
export const badRow = 'The body is larger than 1 MB: the collector answers 200 and turns it into a bad row.';
export const tooLarge = 'The body is larger than 2 MB.';
export const oneFails =
  'One of its events breaks the schema. A pipeline may turn the whole request into a bad row (unconfirmed).';
