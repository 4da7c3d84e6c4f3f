import dns from 'node:dns';
import type { LookupAddress, LookupOptions } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { type Clock, systemClock } from '../../host/clock.js';
import { guarded } from '../../host/guarded.js';
import type { Log } from '../../host/log.js';

/** How long a found address is used without another lookup. */
const FRESH_MS = 30_000;
/** Pause after a failed lookup; doubled each time. */
const MIN_PAUSE_MS = 1_000;
const MAX_PAUSE_MS = 30_000;
/** Names that are cached; a destination may have a host for each tenant. */
const MAX_HOSTS = 1_000;

type Done = (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void;

/** The state of one name. */
interface Host {
  readonly name: string;
  addresses: LookupAddress[];
  error: NodeJS.ErrnoException | null;
  /** Monotonic time until which the result is valid. */
  until: number;
  failures: number;
  /** Sockets that wait for the lookup; undefined if none was requested. */
  waiting: Done[] | undefined;
}

/**
 * Looks up the platforms' addresses for the sockets of all lanes. A lookup blocks one of the few threads of the process until the
 * resolver answers. So only one runs at a time, and a failed name is retried after a pause.
 */
export class HostLookup {
  readonly #hosts = new Map<string, Host>();
  readonly #queue: { readonly host: Host; readonly options: LookupOptions }[] = [];
  #underWay = false;

  constructor(
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /**
   * The `lookup` option of `net.connect`.
   *
   * @param check called for every address before a socket connects; returns an error if none is allowed
   */
  lookup(check: (address: string) => Error | undefined = () => undefined): LookupFunction {
    return (name, options, callback) => {
      const give: Done = (error, addresses) => {
        const failure =
          error ?? addresses.map(({ address }) => check(address)).find((each) => each !== undefined);
        const [first] = addresses;
        if (failure !== undefined || options.all === true) callback(failure ?? null, addresses);
        else callback(null, first!.address, first!.family);
      };
      this.#find(name, options, (error, addresses) => {
        this.log.contain('giving a socket its addresses', () => give(error, addresses));
      });
    };
  }

  /** Starts no further lookup. The owners of waiting sockets end them. */
  close(): void {
    this.#queue.length = 0;
  }

  #find(name: string, options: LookupOptions, done: Done): void {
    const host = this.#hosts.get(name) ?? this.#add(name);
    const { error, addresses } = host;
    if (this.clock.monotonic() < host.until) {
      systemClock.soon(() => done(error, addresses));
      return;
    }
    // Another lookup may take long, so an expired address is used in the meantime.
    const serves = this.#underWay && addresses.length > 0;
    if (serves) systemClock.soon(() => done(null, addresses));
    if (host.waiting === undefined) {
      host.waiting = [];
      this.#queue.push({ host, options });
    }
    if (!serves) host.waiting.push(done);
    this.#next();
  }

  #next(): void {
    if (this.#underWay) return;
    const asked = this.#queue.shift();
    if (asked === undefined) return;
    const { host, options } = asked;
    this.#underWay = true;
    const done = (error: NodeJS.ErrnoException | null, given?: unknown): void => {
      const addresses = addressesOf(given);
      this.#underWay = false;
      this.#found(host, error ?? (addresses.length === 0 ? notFound() : null), addresses);
      this.#next();
    };
    // The application may have replaced Node's lookup with its own, which may throw.
    const isAsked = this.log.contain('looking up a host', () => {
      dns.lookup(host.name, { ...options, all: true }, done);
    });
    if (!isAsked) systemClock.soon(() => done(notFound()));
  }

  #found(host: Host, error: NodeJS.ErrnoException | null, addresses: LookupAddress[]): void {
    host.failures = error === null ? 0 : host.failures + 1;
    const pauseMs = Math.min(MAX_PAUSE_MS, MIN_PAUSE_MS * 2 ** (host.failures - 1));
    host.error = error;
    host.addresses = addresses;
    host.until = this.clock.monotonic() + (error === null ? FRESH_MS : pauseMs);
    const { waiting = [] } = host;
    host.waiting = undefined;
    for (const done of waiting) done(error, addresses);
  }

  #add(name: string): Host {
    if (this.#hosts.size >= MAX_HOSTS) {
      for (const { name: known, waiting } of this.#hosts.values()) {
        if (waiting !== undefined) continue;
        this.#hosts.delete(known);
        break;
      }
    }
    const host: Host = { name, addresses: [], error: null, until: 0, failures: 0, waiting: undefined };
    this.#hosts.set(name, host);
    return host;
  }
}

/** The usable addresses of a result, which may be that of the application's own lookup. */
function addressesOf(given: unknown): LookupAddress[] {
  return guarded(() => (given as LookupAddress[]).filter(({ address }) => isIP(address) > 0)) ?? [];
}

function notFound(): NodeJS.ErrnoException {
  return Object.assign(new Error('no address'), { code: 'ENOTFOUND' });
}
