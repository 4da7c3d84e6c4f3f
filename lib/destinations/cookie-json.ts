/** Longer than any browser keeps. */
const MAX_LENGTH = 16_384;

/** Frameworks and proxies may each have percent-encoded what was encoded already. */
const MAX_LAYERS = 3;

/** What a cookie's text says in JSON, also where it is still percent-encoded; `undefined` where it is none. Never throws. */
export function cookieJson(text: string): unknown {
  if (text.length > MAX_LENGTH) return undefined;
  for (let layer = 0; layer < MAX_LAYERS; layer++) {
    try {
      return JSON.parse(text);
    } catch {
      const decoded = percentDecoded(text);
      if (decoded === text) return undefined;
      text = decoded;
    }
  }
  return undefined;
}

/** The same for an object, of which the vendor's own members are read. */
export function cookieRecord(text: string): Readonly<Record<string, unknown>> | undefined {
  const value = cookieJson(text);
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

/** Decoded once more; as it was where that cannot be. */
export function percentDecoded(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The text that base64, with or without padding, stands for. What is no base64 gives some other text, or none. */
export function base64Text(text: string): string {
  return text.length > MAX_LENGTH ? '' : Buffer.from(text, 'base64').toString();
}
