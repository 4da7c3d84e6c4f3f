import { createHash, createHmac } from 'node:crypto';

const PREFIX = 'whsec_';
const MIN_KEY_BYTES = 24;
const MAX_KEY_BYTES = 64;

/** The key in a `whsec_` secret; `undefined` if it is invalid (Standard Webhooks 1.0: 24 to 64 bytes). */
export function signingKey(secret: string): Buffer | undefined {
  if (!secret.startsWith(PREFIX)) return undefined;
  const base64 = secret.slice(PREFIX.length);
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return undefined;
  const key = Buffer.from(base64, 'base64');
  return key.length >= MIN_KEY_BYTES && key.length <= MAX_KEY_BYTES ? key : undefined;
}

/**
 * The value of `webhook-signature`: HMAC-SHA256 over id, timestamp and the bytes of the body, once for each key, so that a
 * receiver that knows any of them can verify it.
 */
export function sign(keys: readonly Buffer[], id: string, timestamp: number, body: Uint8Array): string {
  const signatures = keys.map((key) =>
    createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest('base64'),
  );
  return signatures.map((signature) => `v1,${signature}`).join(' ');
}

/**
 * The value of `webhook-id`: the event's id in a request with one event, otherwise a hash of all ids in their order, so that
 * a second attempt has the same one. It has no dot, which would end it in the signed text.
 */
export function webhookId(ids: readonly string[]): string {
  if (ids.length === 1) return ids[0]!;
  return `msg_${createHash('sha256').update(ids.join()).digest('hex').slice(0, 32)}`;
}
