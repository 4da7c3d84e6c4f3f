import { createHmac, hkdfSync } from 'node:crypto';
import { byDestination, type BrowserIds, type BrowserIdsByDestination } from '../../event/browser-ids.js';
import type { Id, Identity } from '../../event/identity.js';
import { isSharedId } from '../../event/shared-ids.js';
import { identityOf, normaliseId, withBrowserIds } from '../../identity/normalise-identity.js';
import { AgingMap } from '../idempotency/aging-map.js';
import type { EventParts } from '../made-event.js';
import type { Groups } from '../groups.js';
import { ID_FIELDS, type HashIdsOptions, type IdField } from './privacy-options.js';

const HALF_A_PAIR = /\p{Surrogate}/u;
const MAX_RECENT = 4_000;
/** Longer ids are not cached, because a client chooses the id in its cookie. */
const MAX_RECENT_LENGTH = 200;

/**
 * Returns the hash that replaces a person's id if `hashIds` is set: HMAC-SHA-256 with the secret, as 64 hexadecimal
 * digits. Use it to find a person's events at a platform, or to erase them from the journal.
 *
 * @param secret the one in `hashIds`
 */
export function hashId(secret: string, id: Id): string {
  const text = normaliseId(id) ?? '';
  // Half a surrogate pair has no UTF-8: as the replacement character, ids of several people would have the same hash.
  const bytes = HALF_A_PAIR.test(text) ? Buffer.from(text, 'utf16le') : text;
  return createHmac('sha256', secret).update(bytes).digest('hex');
}

/** Replaces ids. The same id gives the same hash in every field, so that an alias still joins what it joined. */
export class IdHashing {
  readonly #secret: string;
  readonly #fields: ReadonlySet<IdField>;
  readonly #recent = new AgingMap<string>();
  /** Computed again only for another namespace. */
  #namespace: { readonly of?: string; readonly hashed: string } = { hashed: '' };

  constructor({ secret, fields = ID_FIELDS }: HashIdsOptions) {
    this.#secret = secret!;
    this.#fields = new Set(fields);
  }

  apply(parts: EventParts): EventParts {
    const { who, groups, groupId, previousId } = parts;
    return {
      ...parts,
      who: this.person(who),
      groups: groups && this.#ofGroups(groups),
      groupId: this.#hashed('groupId', groupId),
      previousId: this.#hashed('previousId', previousId),
    };
  }

  person({ userId, anonymousId, browserIds }: Identity): Identity {
    const ids = identityOf(this.#hashed('userId', userId), this.#hashed('anonymousId', anonymousId));
    return withBrowserIds(ids, browserIds && this.#ofBrowser(browserIds))!;
  }

  /** Session and click ids would join a hash with its browser. */
  #ofBrowser(browserIds: BrowserIdsByDestination): BrowserIdsByDestination | undefined {
    if (!this.#fields.has('anonymousId')) return browserIds;
    return byDestination(
      Object.entries(browserIds).flatMap(([name, { anonymousId }]): [string, BrowserIds][] =>
        anonymousId === undefined ? [] : [[name, Object.freeze({ anonymousId: this.#hash(anonymousId) })]],
      ),
    );
  }

  /**
   * Replaces the namespace of derived ids. A platform can compute that namespace, and could guess a key, which is often a
   * person's id. HKDF, so that no `hashId` of a client's text gives the same bytes.
   */
  namespace(known: string): string {
    if (known !== this.#namespace.of) {
      const bytes = hkdfSync('sha256', this.#secret, known, 'nestjs-tracking namespace', 32);
      this.#namespace = { of: known, hashed: Buffer.from(bytes).toString('hex') };
    }
    return this.#namespace.hashed;
  }

  #ofGroups(groups: Groups): Groups {
    const hashed = Object.entries(groups).map(([type, id]) => [type, this.#hashed('groupId', id)!] as const);
    return Object.fromEntries(hashed);
  }

  #hashed(field: IdField, id: string | undefined): string | undefined {
    if (id === undefined || !this.#fields.has(field)) return id;
    // A shared word such as `anonymous` is not hashed, so that destinations recognise it.
    return isSharedId(id) ? id : this.#hash(id);
  }

  /** A lookup takes a hundredth of the time of a hash. */
  #hash(id: string): string {
    const known = this.#recent.get(id);
    if (known !== undefined) return known;
    const hash = hashId(this.#secret, id);
    if (id.length <= MAX_RECENT_LENGTH) {
      if (this.#recent.size >= MAX_RECENT) this.#recent.takeOldest();
      this.#recent.set(id, hash);
    }
    return hash;
  }
}
