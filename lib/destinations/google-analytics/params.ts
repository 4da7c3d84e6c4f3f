import { isObject, textOf } from '../../event/json-values.js';
import type { JsonObject, JsonValue, TrackingEvent } from '../../event/tracking-event.js';
import { pageOf, pageUrl } from '../context-fields.js';
import { isWellFormed } from '../well-formed.js';
import type { ParamChange } from './google-analytics.messages.js';
import { MAX_VALUE, itemsOf, plainValue } from './items.js';
import { paramName } from './names.js';

const MAX_PARAMS = 25;

/** Parameters with other limits (unconfirmed). */
const LONG_VALUES: ReadonlyMap<string, number> = new Map([
  ['page_title', 300],
  ['page_referrer', 420],
  ['page_location', 1_000],
]);

/** Called with each change and the name of the property as the application wrote it. */
export type Report = (change: ParamChange, property: string) => void;

/** Objects below objects that are flattened. */
const MAX_LEVELS = 3;
/** Google needs a duration to count a user as active; a server has none. */
const ENGAGEMENT_MS = 1;

/** Parameters of an event: texts, numbers, and `items`. Properties of the application take precedence over our own. */
export function paramsOf(
  event: TrackingEvent,
  sessionId: string | number | undefined,
  report: Report,
): object {
  const { properties } = event;
  const order = orderId(properties);
  const own = [
    ['engagement_time_msec', ENGAGEMENT_MS],
    ...(sessionId === undefined ? [] : [['session_id', String(sessionId)] as const]),
    ...(order === undefined ? [] : [['transaction_id', order] as const]),
  ] as const;
  const missing = own.filter(([name]) => !isSent(name, properties[name]));
  const writer = new ParamWriter(MAX_PARAMS - missing.length, report);
  writer.object(properties, '', 1);
  writer.page(event);
  for (const [name, value] of missing) writer.params[name] ??= value;
  return writer.params;
}

/** Google counts purchases of one user with the same `transaction_id` once. A cut id may belong to another order. */
function orderId({ orderId: camel, order_id: snake }: JsonObject): string | undefined {
  const id = camel ?? snake;
  if (typeof id === 'number') return String(id);
  return typeof id === 'string' && id !== '' && isWhole(id) ? id : undefined;
}

/** Whether the application's property of this name is sent, so ours is left out. */
function isSent(name: string, value: JsonValue): boolean {
  if (value === undefined || value === null || value === '') return false;
  return name !== 'transaction_id' || typeof value !== 'string' || isWhole(value);
}

function isWhole(text: string): boolean {
  return text.length <= MAX_VALUE && isWellFormed(text);
}

class ParamWriter {
  readonly params: Record<string, unknown> = {};
  #count = 0;
  #property = '';
  readonly #changed = (change: ParamChange): void => this.report(change, this.#property);

  constructor(
    private readonly max: number,
    private readonly report: Report,
  ) {}

  object(members: JsonObject, prefix: string, level: number): void {
    for (const key of Object.keys(members)) {
      if (level === 1) this.#property = key;
      const value = members[key];
      const path = prefix + key;
      if (Array.isArray(value)) this.#list(path, value as readonly JsonValue[]);
      else if (!isObject(value)) this.#plain(path, value);
      else if (level < MAX_LEVELS) {
        this.#changed('nested');
        this.object(value as JsonObject, `${path}_`, level + 1);
      } else this.#changed('too_deep');
    }
  }

  /** Fields of the context, if there is room and the application set no such parameter. */
  page(event: TrackingEvent): void {
    const { title, referrer } = pageOf(event);
    const fields = { page_location: pageUrl(event), page_title: title, page_referrer: referrer };
    for (const [name, field] of Object.entries(fields)) {
      const value = textOf(field);
      if (value === undefined || Object.hasOwn(this.params, name)) continue;
      if (this.#count >= this.max) return;
      this.#property = name;
      this.#plain(name, value);
    }
  }

  #list(path: string, list: readonly JsonValue[]): void {
    if (path === 'items') {
      const items = itemsOf(list, this.#changed);
      if (items.length > 0) this.#set(path, items);
      return;
    }
    const texts: string[] = [];
    for (const item of list) {
      if (typeof item === 'object' && item !== null) return this.#changed('too_deep');
      if (item !== null && item !== undefined) texts.push(String(item));
    }
    this.#changed('list');
    this.#plain(path, texts.join(','));
  }

  #plain(path: string, value: JsonValue): void {
    const name = this.#name(path);
    if (name === undefined) return;
    if (name === 'transaction_id' && typeof value === 'string' && !isWhole(value))
      return this.#changed('part_of_order');
    const sent = plainValue(value, LONG_VALUES.get(name) ?? MAX_VALUE, this.#changed);
    if (sent !== undefined) this.#set(name, name === 'transaction_id' ? String(sent) : sent);
  }

  #name(path: string): string | undefined {
    const { text, changes } = paramName(path);
    for (const change of changes) this.#changed(change);
    return text === '' ? undefined : text;
  }

  #set(name: string, value: unknown): void {
    if (Object.hasOwn(this.params, name)) this.#changed('same_name');
    else if (this.#count >= this.max) this.#changed('too_many');
    else {
      this.#count++;
      this.params[name] = value;
    }
  }
}
