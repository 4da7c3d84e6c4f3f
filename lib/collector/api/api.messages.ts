/** Sentences of the JSON API. None repeats a value that it got. */

export const unknownParameter = (known: readonly string[]): string =>
  `The request has a query parameter that this path does not have. Nothing was read or changed. ${
    known.length === 0 ? 'Remove it.' : `Use only ${known.join(', ')}.`
  }`;

export const repeatedParameter = (name: string): string =>
  `The query parameter ${name} is given twice. Nothing was read or changed. Give it once.`;

export const badParameter = (name: string, expected: string): string =>
  `The query parameter ${name} has an invalid value. Nothing was read or changed. Give ${expected}.`;

export const noSuchPath = (paths: readonly string[]): string =>
  `The API has no such path. Nothing was read or changed. Use one of ${paths.join(', ')}.`;

export const wrongMethod = (methods: readonly string[]): string =>
  `This path does not support the method. Nothing was read or changed. Use ${methods.join(' or ')}.`;

export const notKept = (): string =>
  'Nothing with this number is kept: it did not arrive, or newer arrivals displaced it. The counts still include all that arrived. Look in the list for the numbers that are kept.';

export const notJson = (): string =>
  'The body is not JSON. The scripted answers are unchanged. Send one scripted answer, or a list.';

export const bodyNotRead = (): string =>
  'The body is too large, or it cannot be decompressed. The scripted answers are unchanged. Send a smaller body.';
