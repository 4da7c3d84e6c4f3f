import type { DestinationSetup } from '../../lib/destinations/destination.js';
import type { Notice } from '../../lib/observe/notices.js';

/** Keeps the notices of a destination. */
export class Notices implements DestinationSetup {
  readonly all: { notice: Notice; about: string; message: string }[] = [];

  notice(notice: Notice, about: string, message: () => string): void {
    this.all.push({ notice, about, message: message() });
  }

  /** Messages of one kind. */
  of(notice: Notice): string[] {
    return this.all.filter((each) => each.notice === notice).map(({ message }) => message);
  }
}
