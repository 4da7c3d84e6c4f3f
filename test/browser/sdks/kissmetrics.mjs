// There is no package of KISSmetrics' browser library. This writes its cookies and sends its pixels, as it is documented:
// an anonymous id of 20 bytes in `km_ai`; after `identify` the name in `km_ni` and in `km_ai`, and an alias of the two.
import { readCookie, writeCookie } from '../shop/cookies.mjs';

export function start({ url, apiKey }) {
  if (readCookie('km_ai') === undefined) forget();
  const person = () => decodeURIComponent(readCookie('km_ai'));
  const pixel = (path, parameters) => {
    const query = new URLSearchParams({ _k: apiKey, ...parameters, _t: Math.floor(Date.now() / 1_000) });
    // As its image of one pixel, but never from the cache: two of one second may be equal.
    fetch(`${url}/${path}?${query}`, { mode: 'no-cors', cache: 'no-store', keepalive: true }).catch((error) =>
      console.error(`/${path}: ${error.message}`),
    );
  };
  const record = (name) => pixel('e', { _p: person(), _n: name });
  record('Viewed Page');
  return {
    track: record,
    identify(name, traits) {
      if (readCookie('km_ni') === undefined) pixel('a', { _p: person(), _n: name });
      writeCookie('km_ni', encodeURIComponent(name));
      writeCookie('km_ai', encodeURIComponent(name));
      pixel('s', { _p: name, ...traits });
    },
    reset: forget,
  };
}

function forget() {
  const bytes = crypto.getRandomValues(new Uint8Array(20));
  writeCookie('km_ai', encodeURIComponent(btoa(String.fromCharCode(...bytes))));
  writeCookie('km_ni', '');
}
