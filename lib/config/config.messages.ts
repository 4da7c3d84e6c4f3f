/** Messages of configuration errors that several folders share. None shows a text that may be a secret. */
export const configMessages = {
  bad: (option: string, seen: string, wants: string): string =>
    `TrackingModule: option \`${option}\` is ${seen}; expected ${wants}.`,
  unknown: (option: string, known: readonly string[]): string =>
    `TrackingModule: option \`${option}\` is unknown; expected one of ${known.join(', ')}.`,
};
