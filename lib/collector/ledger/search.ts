/** Finds a text in others. Upper and lower case make no difference. */
export class Search {
  readonly #plain: RegExp;
  /** The text as it is written in JSON. */
  readonly #written: RegExp;

  constructor(text: string) {
    this.#plain = literal(text);
    this.#written = literal(JSON.stringify(text).slice(1, -1));
  }

  inText(text: string | null): boolean {
    return text !== null && this.#plain.test(text);
  }

  inTexts(texts: readonly (string | null)[]): boolean {
    return texts.some((text) => this.inText(text));
  }

  /** In the names and values of JSON. Only a JSON text that may have it is parsed. */
  inJson(json: string): boolean {
    return this.#written.test(json) && this.#inValue(JSON.parse(json));
  }

  /** Without recursion: received values may be nested deeply. */
  #inValue(value: unknown): boolean {
    const pending = [value];
    while (pending.length > 0) {
      const each = pending.pop();
      if (typeof each !== 'object' || each === null) {
        if (this.#plain.test(String(each))) return true;
        continue;
      }
      for (const [name, inner] of Object.entries(each)) {
        if (!Array.isArray(each) && this.#plain.test(name)) return true;
        pending.push(inner);
      }
    }
    return false;
  }
}

function literal(text: string): RegExp {
  return new RegExp(text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`), 'i');
}
