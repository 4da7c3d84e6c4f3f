import type { Destination } from './destination.js';
import { headerSecrets } from './own-headers.js';
import { warnOfPlainHttp } from './plain-http.js';
import { MIN_SECRET_LENGTH, urlSecrets } from './url-secrets.js';

/** The account of a destination, and everything secret in its requests. */
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

/** The members of a destination that protect its account and its secrets. */
export type AccountMembers = Required<Pick<Destination, 'account' | 'credentials' | 'secrets' | 'open'>>;

/** Makes them from a base URL, keys and headers. */
export function accountMembers(setup: AccountSetup): AccountMembers {
  const { name, url, headers = {}, forms = [] } = setup;
  const keys = given(setup.keys);
  const credentials = given([...(setup.credentials ?? []), headers['authorization']]);
  const secrets = [
    ...new Set([
      ...[...keys, ...given(setup.credentials ?? []), ...forms].filter(isHidden),
      ...headerSecrets(headers),
      ...urlSecrets(url),
    ]),
  ];
  return {
    account: [url.replace(/^https?:\/\//, ''), ...keys],
    credentials,
    secrets,
    open: (opened) => warnOfPlainHttp(opened, name, url, secrets),
  };
}

function given(values: readonly (string | undefined)[]): string[] {
  return values.filter((value) => value !== undefined && value !== '') as string[];
}

function isHidden(value: string): boolean {
  return value.length >= MIN_SECRET_LENGTH;
}
