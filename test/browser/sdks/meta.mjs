// There is no package of Meta's pixel. This writes its cookies: the browser's id, and the click on an ad that led here.
// It has no reset: both are the browser's, whoever signs in.
import { readCookie, writeCookie } from '../shop/cookies.mjs';

export function start() {
  if (readCookie('_fbp') === undefined) {
    const random = Array.from(crypto.getRandomValues(new Uint32Array(2))).join('');
    writeCookie('_fbp', `fb.1.${Date.now()}.${random}`);
    writeCookie('_fbc', `fb.1.${Date.now()}.IwAR${random}`);
  }
  return {
    track() {},
    identify() {},
    reset() {},
    ids: () => ({ meta: { anonymousId: readCookie('_fbp'), clickId: readCookie('_fbc') } }),
  };
}
