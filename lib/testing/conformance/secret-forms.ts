/** Shorter values would be found in any text. */
const MIN_LENGTH = 6;

/** The forms of a secret in a text, each with its name. */
export function secretForms(secret: string): readonly (readonly [form: string, text: string])[] {
  if (secret.length < MIN_LENGTH) return [];
  const base64 = Buffer.from(secret).toString('base64').replace(/=+$/, '');
  return [
    ['as it is', secret],
    ['percent-encoded', encodeURIComponent(secret)],
    ['in base64', base64],
    ['in base64', Buffer.from(`${secret}:`).toString('base64').replace(/=+$/, '').slice(0, -1)],
    ['in base64', Buffer.from(`:${secret}`).toString('base64').replace(/=+$/, '').slice(2)],
  ];
}

/** The form in which a text contains a secret; undefined if it contains none. */
export function secretIn(text: string, secrets: readonly string[]): string | undefined {
  const [form] = secrets.flatMap(secretForms).find(([, found]) => text.includes(found)) ?? [];
  return form;
}
