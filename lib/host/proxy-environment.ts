export interface ProxySource {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly execArgv: readonly string[];
}

export interface NamedProxy {
  readonly variable: string;
  readonly url: string;
}

interface Exception {
  readonly host: string;
  /** 0: any. */
  readonly port: number;
}

const SWITCH = '--use-env-proxy';

/**
 * The proxies that the environment names, read once at start. They apply only with Node's own switch: `NODE_USE_ENV_PROXY=1` or
 * `--use-env-proxy`. `NO_PROXY` is read as undici's `EnvHttpProxyAgent` does.
 */
export class ProxyEnvironment {
  readonly inUse: boolean;
  readonly http: NamedProxy | undefined;
  /** As in undici, the proxy for `http:` if there is no other. */
  readonly https: NamedProxy | undefined;
  readonly noProxy: string;
  readonly #exceptions: readonly Exception[];

  constructor({ env, execArgv }: ProxySource = process) {
    const named = (...variables: readonly string[]): NamedProxy | undefined => {
      const variable = variables.find((name) => env[name] !== undefined);
      const url = variable === undefined ? undefined : env[variable];
      return variable === undefined || !url ? undefined : { variable, url };
    };
    this.inUse =
      env['NODE_USE_ENV_PROXY'] === '1' ||
      execArgv.includes(SWITCH) ||
      (env['NODE_OPTIONS'] ?? '').split(/\s+/).includes(SWITCH);
    this.http = named('http_proxy', 'HTTP_PROXY');
    this.https = named('https_proxy', 'HTTPS_PROXY') ?? this.http;
    this.noProxy = env['no_proxy'] ?? env['NO_PROXY'] ?? '';
    this.#exceptions = this.noProxy
      .split(/[,\s]/)
      .filter((entry) => entry !== '')
      .map(exceptionOf);
  }

  /** The proxy for requests to a URL; undefined if there is none. Without a URL: the proxy that some URL would use. */
  for(url: string | undefined): NamedProxy | undefined {
    if (this.noProxy === '*') return undefined;
    if (url === undefined) return this.https ?? this.http;
    const { protocol, port, host } = new URL(url);
    const name = host.replace(/:\d*$/, '').toLowerCase();
    const number = Number(port) || (protocol === 'https:' ? 443 : 80);
    const isException = this.#exceptions.some(
      (entry) =>
        (entry.port === 0 || entry.port === number) &&
        (name === entry.host || name.endsWith(`.${entry.host}`)),
    );
    if (isException) return undefined;
    return protocol === 'https:' ? this.https : this.http;
  }
}

function exceptionOf(entry: string): Exception {
  const [, name, port] = /^(.+):(\d+)$/.exec(entry) ?? [];
  return { host: (name ?? entry).replace(/^\*?\./, '').toLowerCase(), port: Number(port ?? 0) };
}
