import { Injectable } from '@nestjs/common';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { ShopConfig } from '../shop.config.js';
import type { Renewal } from './subscription.js';

/** The renewals. With a file they survive the process, as a database table would. */
@Injectable()
export class RenewalBooks {
  readonly #entries: Renewal[] = [];
  readonly #file: string | undefined;

  constructor({ renewalBooks: file }: ShopConfig) {
    this.#file = file;
    if (file === undefined || !existsSync(file)) return;
    for (const line of readFileSync(file, 'utf8').split('\n')) {
      if (line === '') continue;
      const entry = JSON.parse(line) as Renewal;
      this.#entries.push({ ...entry, renewedAt: new Date(entry.renewedAt) });
    }
  }

  enter(renewal: Renewal): void {
    if (this.#file !== undefined) appendFileSync(this.#file, `${JSON.stringify(renewal)}\n`);
    this.#entries.push(renewal);
  }

  all(): readonly Renewal[] {
    return this.#entries;
  }
}
