/** Sentences of the collector; each says what to do. */

export const unknownPlatforms = (known: readonly string[]): string =>
  `No platform has this name. Choose from ${known.join(', ')}; separate several with commas.`;
