import type { Person } from './people.js';

/** Token of `Pages`. */
export const PAGE = Symbol('pages');

export interface Pages {
  /** The SDKs of the page: their name, and the settings that their `start()` gets. */
  readonly sdks: readonly { readonly name: string }[];
  /** By file name: the bundled SDKs, and the script of the page. */
  readonly scripts: ReadonlyMap<string, string>;
}

export function html({ sdks }: Pages, user: Person | undefined): string {
  const json = JSON.stringify({ sdks, user }).replaceAll('<', '\\u003c');
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Shop</title>
<link rel="icon" href="data:,">
<main>
  <h1>Shop</h1>
  <label>Email <input id="email" type="email"></label>
  <button id="sign-up">Sign up</button>
  <button id="sign-in">Sign in</button>
  <button id="sign-out">Sign out</button>
  <button id="order">Order</button>
  <button id="switch">Sign in and order, without the SDKs</button>
  <output id="done">loading</output>
</main>
<script id="settings" type="application/json">${json}</script>
<script type="module" src="/scripts/page.js"></script>
</html>`;
}
