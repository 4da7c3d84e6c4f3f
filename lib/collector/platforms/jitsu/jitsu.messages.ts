export const longName = 'Its event name has more than 128 bytes.';
export const tooLarge = 'It is larger than 1,000,000 bytes.';
export const changedMessageId =
  'Its messageId is changed: only letters, digits and the characters . _ - are kept, 64 of them.';
export const notJsonType = 'Its content type is neither application/json nor text/plain.';
