import { isLoopback } from '../host/private-hosts.js';
import type { Notice } from '../observe/notices.js';
import type { Attempt, Destination, DestinationSetup } from './destination.js';
import { plainHttp } from './destination.messages.js';

const MAX_SHOWN_NAME = 80;

interface AccountSetup {
  readonly name: string;
  /** The base URL of its requests; empty until `check()` rejects its options. */
  readonly url: string;
  /** The keys that select the project: part of the account. A key that authenticates as well is a secret. */
  readonly keys: readonly (string | undefined)[];
  /** Secrets that only authenticate. */
  readonly credentials?: readonly (string | undefined)[] | undefined;
  /** Further forms in which a key or credential is sent, such as the value of an `Authorization` header. */
  readonly forms?: readonly string[] | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

export interface Account {
  /** The members of the destination that protect its account and its secrets. */
  readonly members: Required<Pick<Destination, 'account' | 'credentials' | 'secrets' | 'open'>>;
  /** Counts a notice, and logs the first one about each subject. Does nothing before `open()`. */
  readonly notice: (notice: Notice, about: string, message: Sentence) => void;
  /** Reports changes of the events of an attempt. Silent after the first one, which made the same changes. */
  readonly changesOf: (attempt: Attempt) => ReportChange;
}

/** A sentence for the log about the destination of this name. */
type Sentence = (destination: string) => string;

/** Counts an event that is sent in another form, and logs the first one about each subject. */
export type ReportChange = (about: string, message: Sentence) => void;

const SILENT: ReportChange = () => {};

export function accountOf(setup: AccountSetup): Account {
  const { name, url, headers = {}, forms = [] } = setup;
  const keys = given(setup.keys);
  const credentials = given(setup.credentials ?? []);
  const hidden = [...keys, ...credentials, ...forms].filter((value) => value.length >= MIN_SECRET_LENGTH);
  const secrets = [...new Set([...hidden, ...headerSecrets(headers), ...urlSecrets(url)])];
  let opened: DestinationSetup | undefined;
  const notice: Account['notice'] = (notice, about, message) =>
    opened?.notice(notice, about, () => message(name));
  const changed: ReportChange = (about, message) => notice('normalised', about, message);
  return {
    members: {
      account: [url.replace(/^https?:\/\//, ''), ...keys],
      credentials: [...credentials, ...given([headers['authorization']])],
      secrets,
      open(given) {
        opened = given;
        warnOfPlainHttp(given, name, url, secrets);
      },
    },
    notice,
    changesOf: ({ number }) => (number > 1 ? SILENT : changed),
  };
}

/** Warns once at start if a key or secret would be sent over plain http: to another machine. */
export function warnOfPlainHttp(
  setup: DestinationSetup,
  destination: string,
  url: string,
  secrets: readonly string[],
): void {
  if (secrets.length === 0 || !url.startsWith('http:') || isLoopback(url)) return;
  setup.notice('plain_http', 'url', () => plainHttp(destination));
}

/** Reports a property of an event, or a trait, that is sent in another form. */
export function reportProperty<Change extends string>(
  report: ReportChange,
  event: string,
  property: string,
  change: Change,
  message: (destination: string, event: string, property: string, change: Change) => string,
): void {
  const shown = shownName(property);
  report(`${event}.${shown}: ${change}`, (destination) => message(destination, event, shown, change));
}

/** The name of an event or property as a warning shows it. */
export function shownName(name: string): string {
  return name.slice(0, MAX_SHOWN_NAME);
}

function given(values: readonly (string | undefined)[]): string[] {
  return values.filter((value) => value !== undefined && value !== '') as string[];
}

/** Shorter values do not count as secrets: removing every `1` would make an answer unreadable. */
const MIN_SECRET_LENGTH = 6;

/** A word of an address, such as `services` or `track-events`. Tokens have digits, or are longer. */
const WORD = /^[a-z]+(?:[-_.][a-z]+)*$/i;
const MAX_WORD = 16;

/** The parts of a URL that may be credentials: values of the query, and path segments that are not words. */
export function urlSecrets(url: string): string[] {
  if (url === '') return [];
  const { pathname, search } = new URL(url);
  const segments = pathname.split('/').filter((part) => part.length > MAX_WORD || !WORD.test(part));
  const query = search.slice(1);
  const values = query.split('&').map((pair) => pair.slice(pair.indexOf('=') + 1));
  return [query, ...segments, ...values].filter((part) => part.length >= MIN_SECRET_LENGTH);
}

/** The secret values of headers: without their scheme (`Bearer …`), and both halves of `Basic`. */
export function headerSecrets(headers: Readonly<Record<string, string>>): string[] {
  const secrets = Object.values(headers).flatMap((value) => {
    const [, scheme = '', credential = value] = /^([a-z]+) +(\S.*)$/i.exec(value) ?? [];
    if (scheme.toLowerCase() !== 'basic') return [credential];
    const pair = Buffer.from(credential, 'base64').toString();
    const colon = pair.indexOf(':');
    return [credential, pair, pair.slice(0, Math.max(0, colon)), pair.slice(colon + 1)];
  });
  return secrets.filter((value) => value.length >= MIN_SECRET_LENGTH);
}

/** The value of an `Authorization` header with a user and a password (RFC 7617). */
export function basicAuthorization(user: string, password = ''): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}
