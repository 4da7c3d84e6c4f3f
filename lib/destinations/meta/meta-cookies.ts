import type { BrowserResolver } from '../../event/identity.js';
import { readCookie } from '../../request/read-cookie.js';
import { readHeader, addressOfRequest } from '../../request/read-header.js';
import { browserResolver } from '../browser-library.js';

/** The pixel's id of a browser, `fb.<subdomain index>.<ms>.<random>`; newer libraries add a part. A hashed one has another form. */
export const FBP = /^fb\.\d{1,2}\.\d{1,16}\.\d{1,30}(?:\.[\w-]{1,100})?$/;
/** The pixel's id of a click, `fb.<subdomain index>.<ms>.<fbclid>`. It is never cut or changed: Meta compares it letter by letter. */
export const FBC = /^fb\.\d{1,2}\.\d{1,16}\.[\w.~-]{1,500}$/;
const CLICK_IN_URL = /[?&]fbclid=([\w.~-]{1,500})(?:[&#]|$)/;

/**
 * Reads the cookies of Meta's pixel: `_fbp`, the browser, gives the `anonymousId`, and `_fbc`, the last click on an ad, the click
 * id `fbc`. Without `_fbc`, a `fbclid` in the URL of the request or of the page that sent it gives the click id `fbclid`. They hold
 * no user id. A missing or broken cookie returns nothing.
 */
export function fromMetaCookies(): BrowserResolver {
  return browserResolver('fromMetaCookies', (request) => {
    const fbp = readCookie(request, '_fbp');
    const fbc = readCookie(request, '_fbc');
    const clickIds: Readonly<Record<string, string>> | undefined =
      fbc !== undefined && FBC.test(fbc) ? { fbc } : clickOf(request);
    return {
      ...(fbp !== undefined && FBP.test(fbp) && { anonymousId: fbp }),
      ...(clickIds !== undefined && { clickIds }),
    };
  });
}

function clickOf(request: unknown): Readonly<Record<string, string>> | undefined {
  const fbclid = clickIn(addressOfRequest(request)) ?? clickIn(readHeader(request, 'referer'));
  return fbclid === undefined ? undefined : { fbclid };
}

/** The id that Meta adds to the URL of a page that is opened from an ad. */
export function clickIn(url: string | undefined): string | undefined {
  return url === undefined || !url.includes('fbclid=') ? undefined : CLICK_IN_URL.exec(url)?.[1];
}

/** As the pixel writes it into its cookie. The time is the event's, so that each attempt has the same. */
export function fbcOf(click: string | undefined, timestamp: number): string | undefined {
  return click === undefined ? undefined : `fb.1.${timestamp}.${click}`;
}
