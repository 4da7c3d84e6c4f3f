export const noJson = 'Its body is not JSON.';
export const noMethod = 'Its method is neither POST nor PUT.';
export const noList = 'The body of a CloudEvents batch is not a list.';
export const noObject = 'It is not a JSON object.';
export const noSpecVersion = 'Its specversion is not 1.0.';
export const noId = 'It has no id.';
export const noSource = 'It has no source.';
export const noType = 'It has no type.';
export const noTime = 'Its time is not an RFC 3339 time.';
export const twoBodies = 'It has both data and data_base64.';
export const attributeName =
  'The name of an attribute has characters other than lower-case letters and digits.';
export const noWebhookId = 'It has a webhook-signature without a webhook-id.';
export const dotInWebhookId = 'Its webhook-id contains a dot, which is the separator in the signed text.';
export const noTimestamp = 'Its webhook-timestamp is not a whole number of seconds.';
export const oldTimestamp =
  'Its webhook-timestamp is more than 5 minutes away from the time of arrival: receivers reject it.';
export const noSignature = 'Its webhook-signature has no signature of the form v1,<base64> or v1a,<base64>.';
