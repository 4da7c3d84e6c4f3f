export const noJson = 'Its body is no JSON.';
export const noMethod = 'Its method is neither POST nor PUT.';
export const noList = 'The body of a CloudEvents batch is no list.';
export const noObject = 'It is no JSON object.';
export const noSpecVersion = 'Its specversion is not 1.0.';
export const noId = 'It has no id.';
export const noSource = 'It has no source.';
export const noType = 'It has no type.';
export const noTime = 'Its time is no RFC 3339 time.';
export const twoBodies = 'It has both data and data_base64.';
export const attributeName =
  'The name of an attribute has other characters than lower-case letters and digits.';
export const noWebhookId = 'It has a webhook-signature without a webhook-id.';
export const dotInWebhookId = 'Its webhook-id contains a dot, which separates the parts of the signed text.';
export const noTimestamp = 'Its webhook-timestamp is no whole number of seconds.';
export const oldTimestamp =
  'Its webhook-timestamp is more than 5 minutes away from the time of arrival: receivers refuse it.';
export const noSignature = 'Its webhook-signature has no signature of the form v1,<base64> or v1a,<base64>.';
