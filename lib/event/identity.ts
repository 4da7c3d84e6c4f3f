import type { ExecutionContext } from '@nestjs/common';
import type { BrowserIdsByDestination } from './browser-ids.js';

/** Who an event is about. Plain JSON, so that it fits into a job's payload. */
export interface Identity {
  /** The person's own id in your system, verified by it. */
  readonly userId?: string;
  /** The id of a person who has not signed in. */
  readonly anonymousId?: string;
  /**
   * The ids of the platforms' own browser libraries, by destination. They are claims of the browser that sent the request, and
   * prove no identity. Absent if a cookie names another person than the verified user.
   */
  readonly browserIds?: BrowserIdsByDestination;
}

/**
 * The types of an id or key that a call may pass; it is stored as a string. A non-empty string, a finite number, a bigint, or
 * an object whose `toJSON()` returns one of these, such as an ObjectId of MongoDB. No `Date`, and no `Buffer`.
 */
export type Id = string | number | bigint | IdObject;

/** An id that a database driver returns as an object. */
export interface IdObject {
  toJSON(): string | number | bigint;
  /** So that the compiler rejects a `Date` as an id. */
  readonly getTime?: never;
}

/**
 * An identity as callers pass it. A member that is `undefined` counts as not given. An unusable id never attributes an event to
 * another person.
 */
export interface IdentityInput {
  readonly userId?: Id | undefined;
  readonly anonymousId?: Id | undefined;
  /**
   * The browser ids that `identity()` returned, for a job that continues for a visitor. Checked like any data of a client;
   * unusable ids are left out.
   */
  readonly browserIds?: BrowserIdsByDestination | undefined;
}

/**
 * The result of a resolver for a request. `claimedUserId` is a user id that the client claims (in a vendor's cookie). It never
 * becomes a `userId`; it is only compared with the resolved one, to detect a shared browser. If it differs, this resolver's
 * `anonymousId` and all browser ids of the request are left out, because they are another person's.
 */
export interface IdentityClaims extends Pick<IdentityInput, 'userId' | 'anonymousId'> {
  readonly claimedUserId?: string;
}

/**
 * Reads an identity from a request. Synchronous. The first resolver that returns a `userId` decides it; the same holds
 * for `anonymousId`. One that throws is counted and skipped.
 *
 * @param request the object that a handler gets: Express' or Fastify's request (or the raw Node request before the first
 *   interceptor), a socket, a message
 * @param context the ExecutionContext, once Nest has made one
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- every platform has its own request
export type IdentityResolver = (request: any, context?: ExecutionContext) => IdentityClaims | undefined;

/** The ids that a destination's resolver read from a request: `BrowserIds`, and the user id that the client claims. */
export interface BrowserClaims extends IdentityClaims {
  readonly sessionId?: string | number | undefined;
  readonly clickIds?: Readonly<Record<string, string>> | undefined;
}

/**
 * Reads the ids of a platform's browser library from a request. Synchronous, and called once for each request, when the first
 * event needs it. The first resolver of a destination that returns a member decides it. A `userId` is ignored: a browser proves
 * no identity. A resolver that throws is counted and skipped.
 */
export type BrowserResolver = (
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- every platform has its own request
  request: any,
  context?: ExecutionContext,
) => BrowserClaims | undefined;
