/** An event in a request. */
export interface SeenEvent {
  /** The key by which the platform recognises a repetition: the id, or person, name and second. */
  readonly id: string;
  /** The number that the test gave it, its property `n`. */
  readonly n: number;
}

type Members = Readonly<Record<string, unknown>>;

/** The places of a request's events, of the id by which platforms recognise one, and of its properties. */
const LISTS = ['events', 'batch', 'data'];
const IDS = ['id', 'insert_id', '$insert_id', 'messageId', 'uuid', 'event_id', 'eid'];
const PROPERTIES = ['properties', 'event_properties', 'params', 'custom_data'];

/** The events of a request in the form of any platform: JSON with a list of them, or KISSmetrics' one operation. */
export function seenEvents(url: string, contentType: string | undefined, body: string): SeenEvent[] {
  if (contentType?.startsWith('application/json') === true) {
    const whole = JSON.parse(body) as unknown;
    const list = Array.isArray(whole)
      ? whole
      : LISTS.map((name) => (whole as Members)[name]).find(Array.isArray);
    return ((list ?? []) as Members[]).map(seenEvent);
  }
  const operation = new URLSearchParams(body === '' ? url.slice(url.indexOf('?') + 1) : body);
  const id = ['_p', '_n', '_t'].map((name) => operation.get(name)).join(' ');
  return [{ id, n: Number(operation.get('n') ?? -1) }];
}

function seenEvent(event: Members): SeenEvent {
  if (typeof event['ue_pr'] === 'string')
    return seenEvent({ ...event, ue_pr: undefined, properties: inner(event['ue_pr']) });
  const properties = (PROPERTIES.map((name) => event[name]).find((value) => value !== undefined) ??
    {}) as Members;
  const id = IDS.map((name) => event[name] ?? properties[name]).find((value) => value !== undefined);
  return { id: id as string, n: typeof properties['n'] === 'number' ? properties['n'] : -1 };
}

/** The content of an event of Snowplow, whose data is in an envelope. */
function inner(envelope: string): unknown {
  return (JSON.parse(envelope) as { data: { data: unknown } }).data.data;
}
