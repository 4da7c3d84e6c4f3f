import type { ExecutionContext } from '@nestjs/common';

/**
 * Data of a person by which an ad platform finds them among its users. It is normalised and hashed (SHA-256) before anything is
 * buffered. Only destinations that need it get it. A member that is `undefined`, `null` or empty counts as not given;
 * a value of 64 hexadecimal digits counts as hashed already.
 */
export interface PersonData {
  readonly email?: string | null | undefined;
  /** With the country code, such as `+49 30 901820`. */
  readonly phone?: string | null | undefined;
  readonly firstName?: string | null | undefined;
  readonly lastName?: string | null | undefined;
  /** `YYYY-MM-DD` or `YYYYMMDD`, from 1900. */
  readonly dateOfBirth?: string | null | undefined;
  /** `f`, `m`, `female` or `male`. */
  readonly gender?: string | null | undefined;
  readonly city?: string | null | undefined;
  /** A state of the USA by its name or its two letters; elsewhere the name of the state or province. */
  readonly state?: string | null | undefined;
  readonly postalCode?: string | null | undefined;
  /** Two letters, as in ISO 3166-1, such as `DE`. */
  readonly country?: string | null | undefined;
}

/**
 * Reads the data of the person of a request, such as from the verified user. Synchronous; called only for events about the
 * request's own person that go to a destination that needs the data. A function that throws, or returns a promise, is counted
 * and skipped.
 *
 * @param request the object that a handler gets: Express' or Fastify's request, a socket, a message
 * @param context the ExecutionContext, once Nest has made one
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- every platform has its own request
export type PersonResolver = (request: any, context?: ExecutionContext) => PersonData | null | undefined;

/** One member of the data of a person. */
export type PersonField = keyof PersonData;

/** The country comes first: postal codes and states depend on it. */
export const PERSON_FIELDS: readonly PersonField[] = [
  'country',
  'email',
  'phone',
  'firstName',
  'lastName',
  'dateOfBirth',
  'gender',
  'city',
  'state',
  'postalCode',
];
