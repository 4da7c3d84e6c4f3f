export const surplus =
  'It comes after the first 2,500 events of its request. Segment answers 200 and drops the surplus.';
export const longMessageId = 'Its messageId has 100 characters or more.';
export const manyProperties = 'It has more than 10,000 properties.';
