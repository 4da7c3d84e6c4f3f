// gtag.js is not published as a package. This writes its cookies: the client's id, and the session of the measurement id.
// It has no reset: the client is the browser, whoever signs in.
import { readCookie, writeCookie } from '../shop/cookies.mjs';

export function start({ measurementId }) {
  const session = `_ga_${measurementId.replace('G-', '')}`;
  // The visit began a while ago: no other number of this run is the same.
  const seconds = Math.floor(Date.now() / 1_000) - 300;
  if (readCookie('_ga') === undefined) {
    const random = crypto.getRandomValues(new Uint32Array(1))[0] % 2_147_483_648;
    writeCookie('_ga', `GA1.1.${random}.${seconds}`);
    writeCookie(session, `GS2.1.s${seconds}$o1$g0$t${seconds}$j60$l0$h0`);
  }
  return {
    track() {},
    identify() {},
    reset() {},
    ids: () => ({
      googleAnalytics: {
        anonymousId: readCookie('_ga').split('.').slice(2).join('.'),
        sessionId: /s(\d+)/.exec(readCookie(session).split('.')[2])[1],
      },
    }),
  };
}
