import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';

export interface Person {
  readonly id: string;
  readonly email: string;
}

/** The accounts, and who is signed in. */
@Injectable()
export class People {
  readonly #accounts = new Map<string, Person>();
  readonly #sessions = new Map<string, Person>();

  signUp(email: string): Person {
    const person = { id: `user-${randomUUID()}`, email };
    this.#accounts.set(email, person);
    return person;
  }

  named(email: string): Person {
    return this.#accounts.get(email)!;
  }

  /** Returns the session's cookie. */
  begin(person: Person): string {
    const session = randomUUID();
    this.#sessions.set(session, person);
    return session;
  }

  end(session: string): void {
    this.#sessions.delete(session);
  }

  signedIn(session: string | undefined): Person | undefined {
    return session === undefined ? undefined : this.#sessions.get(session);
  }
}
