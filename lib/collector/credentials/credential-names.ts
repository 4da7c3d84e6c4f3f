export const HIDDEN = '[hidden]';

const HEADER = /auth|cookie|key|token|secret|signature|password|credential/i;

/** Names of parameters and members without case, `-`, `_` and `$`. */
// prettier-ignore
const NAMES = new Set([
  'apikey', 'apisecret', 'accesskey', 'accesstoken', 'authtoken', 'authorization', 'appsecret',
  'appsecretproof', 'bearertoken', 'clientsecret', 'idtoken', 'key', 'password', 'personalapikey',
  'privatekey', 'projectapikey', 'refreshtoken', 'sdkkey', 'secret', 'secretkey', 'serviceaccountsecret',
  'sharedsecret', 'signingkey', 'token', 'writekey',
]);

/** Names of values that identify a request and give no access. */
const HARMLESS_HEADER = 'idempotency-key';

export function isCredentialHeader(name: string): boolean {
  return HEADER.test(name) && name !== HARMLESS_HEADER;
}

/** Whether a query parameter, form field or JSON member holds a credential. */
export function isCredential(name: string): boolean {
  // `_k` is KISSmetrics' key.
  return name === '_k' || (name.length <= 32 && NAMES.has(name.toLowerCase().replaceAll(/[-_$]/g, '')));
}
