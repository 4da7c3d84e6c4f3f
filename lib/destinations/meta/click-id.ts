/** The characters of a click id. None is ever cut or changed: Meta compares it letter by letter. */
const CLICK = /[?&]fbclid=([\w.~-]{1,500})(?:[&#]|$)/;

/** The id that Meta adds to the URL of a page that is opened from an ad. */
export function clickIn(url: string | undefined): string | undefined {
  return url === undefined || !url.includes('fbclid=') ? undefined : CLICK.exec(url)?.[1];
}

/** As the pixel writes it into its cookie. The time is the event's, so that each attempt has the same. */
export function fbcOf(click: string | undefined, timestamp: number): string | undefined {
  return click === undefined ? undefined : `fb.1.${timestamp}.${click}`;
}
