import type { Report } from '../src/observe/tracking-report.js';
import { type Child } from './child.js';
import { CutOff } from './browser.js';
import type { Ledger } from './ledger.js';
import { startShopProcess } from './processes.js';
import { Staff } from './staff.js';

/** One shop of the demo at one address: its process, and after a kill the next process. */
export class Branch {
  /** The report of its process just before the kill. */
  lastWords: Report | undefined;
  #back: Promise<void> | undefined;

  private constructor(
    readonly name: string,
    private child: Child,
    private clerk: Staff,
    private readonly settings: Record<string, string>,
    private readonly ledger: Ledger,
  ) {}

  static async open(name: string, settings: Record<string, string>, ledger: Ledger): Promise<Branch> {
    const child = await startShopProcess(name, settings);
    const staff = await Staff.signIn(child.url, settings['SHOP_ADMIN_PASSWORD']!, ledger);
    return new Branch(name, child, staff, settings, ledger);
  }

  get url(): string {
    return this.child.url;
  }

  get staff(): Staff {
    return this.clerk;
  }

  get process(): Child {
    return this.child;
  }

  get wasKilled(): boolean {
    return this.lastWords !== undefined;
  }

  /** Whether no process is running at the moment. */
  get isDown(): boolean {
    return this.#back !== undefined;
  }

  /** Resolves when it is open. */
  async open(): Promise<void> {
    await this.#back;
  }

  /** The report of its process; undefined while none is running. */
  async report(): Promise<Report | undefined> {
    try {
      return this.isDown ? undefined : await this.clerk.report();
    } catch (error) {
      if (error instanceof CutOff && this.wasKilled) return undefined;
      throw error;
    }
  }

  /** Kills its process, as an operating system that is out of memory does, then starts another one. */
  async kill(lastWords: Report, restart: () => Promise<void>): Promise<void> {
    let open!: () => void;
    this.lastWords = lastWords;
    this.#back = new Promise((resolve) => (open = resolve));
    const at = Date.now();
    await this.child.kill();
    this.ledger.killed(this.url, at, Date.now());
    await restart();
    const port = Number(new URL(this.url).port);
    this.child = await startShopProcess(this.name, this.settings, port);
    this.clerk = await Staff.signIn(this.url, this.settings['SHOP_ADMIN_PASSWORD']!, this.ledger);
    this.#back = undefined;
    open();
  }
}
