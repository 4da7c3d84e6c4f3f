import { isLoopback } from '../host/private-hosts.js';
import type { Destination, DestinationSetup } from './destination.js';
import { plainHttp } from './destination.messages.js';
import { headerSecrets, MIN_SECRET_LENGTH, urlSecrets } from './secrets.js';

const MAX_SHOWN_NAME = 80;

interface AccountSetup {
  /** The destination's name. */
  readonly name: string;
  /** The base URL of its requests; empty until `check()` rejects its options. */
  readonly url: string;
  /** The keys that select the project: part of the account. A key that authenticates as well is a secret. */
  readonly keys: readonly (string | undefined)[];
  /** Secrets that only authenticate. */
  readonly credentials?: readonly (string | undefined)[] | undefined;
  /** Further forms in which a key or credential is sent, such as the value of an `Authorization` header. */
  readonly forms?: readonly string[] | undefined;
  /** The option `headers`. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

export interface Account {
  /** The members of the destination that protect its account and its secrets. */
  readonly members: Required<Pick<Destination, 'account' | 'credentials' | 'secrets' | 'open'>>;
  /** Counts a notice, and logs the first one about each subject. Does nothing before `open()`. */
  readonly notice: DestinationSetup['notice'];
}

export function accountOf(setup: AccountSetup): Account {
  const { name, url, headers = {}, forms = [] } = setup;
  const keys = given(setup.keys);
  const credentials = given(setup.credentials ?? []);
  const hidden = [...keys, ...credentials, ...forms].filter((value) => value.length >= MIN_SECRET_LENGTH);
  const secrets = [...new Set([...hidden, ...headerSecrets(headers), ...urlSecrets(url)])];
  let opened: DestinationSetup | undefined;
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
    notice: (...notice) => opened?.notice(...notice),
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

/** The name of an event or property as a warning shows it. */
export function shownName(name: string): string {
  return name.slice(0, MAX_SHOWN_NAME);
}

function given(values: readonly (string | undefined)[]): string[] {
  return values.filter((value) => value !== undefined && value !== '') as string[];
}
