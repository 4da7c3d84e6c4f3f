export const noKey = 'It has no product key (_k).';
export const noPerson = 'It has no person (_p).';
export const noName = 'It has no event name (_n).';
export const noOtherId = 'It is an alias without the other id (_n).';
export const noProperty = 'It sets no property.';
export const longPerson = 'An id of its person has more than 255 characters.';
export const longName = 'Its event name has 255 characters or more.';
export const longPropertyName = 'The name of a property has 255 characters or more.';
export const longValue = 'The value of a property has more than 8 KB.';
export const noSeconds = 'Its time (_t) is not a whole number of seconds.';
export const before2009 = 'Its time (_t) is before 2009.';
export const noTimeOfItsOwn =
  'It has a time (_t) without _d=1, so the platform uses the time of arrival and counts a retry again.';
export const repeatedParameter = 'A parameter is repeated.';
export const invalidEncoding = 'Its percent-encoding is invalid.';
export const longUrl =
  'Its URL has more than 2,000 characters. The host has closed the connection on such requests (unconfirmed). Send it as POST.';
export const noForm = 'The body of a POST request is not a form.';
