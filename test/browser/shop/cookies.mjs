/** On the root domain, as the vendors' libraries do. */
const ROOT = '.shop.localhost';

export function readCookie(name) {
  const [, value] = new RegExp(`(?:^|; )${name}=([^;]*)`).exec(document.cookie) ?? [];
  return value;
}

export function writeCookie(name, value) {
  document.cookie = `${name}=${value}; domain=${ROOT}; path=/; max-age=${value === '' ? 0 : 157_680_000}`;
}
