import { basename, dirname } from 'node:path';
import { expect } from '@jest/globals';
import type { DeadLetter, LaneLedger, Settlement, StoredEvent } from '../../../../lib/buffer/event-buffer.js';
import { toEventJson } from '../../../../lib/event/event-json.js';
import { keyedId, newId } from '../../../../lib/event/event-id.js';
import { idOf, type HeldEvent } from '../../../../lib/event/lane-event.js';
import type { Reason } from '../../../../lib/event/reasons.js';
import { total } from '../../../support/accounting.js';
import { entryOf } from '../../../support/an-entry.js';
import { anEvent } from '../../../support/an-event.js';
import { bufferSetup } from '../../../support/buffer-setup.js';
import { picksOf } from '../../../support/faulty-files/choose.js';
import { FaultyFiles } from '../../../support/faulty-files.js';
import { ManualClock } from '../../../support/manual-clock.js';
import { type Command, LANES, SAMPLES } from './journal-command.js';
import { type KnownEnd, type KnownEvent, type Safety, safer, survives } from './known-event.js';
import { Life, type LifeLane } from './life.js';
import { Machine } from './open-journal.js';
import { lettersOf } from '../../../support/letters-of.js';

export const DIRECTORY = '/var/tracking';
const MAX_LIVES = 2;
/** Rounds of all processes in one step of time. More of them mean an endless loop. */
const MAX_TURNS = 50_000;
/** After so long without a fault, an outcome is written; after so long, it is synced. */
const WRITTEN_MS = 100;
/** The same after a failed write. */
const REWRITTEN_MS = 1_500;
const SYNCED_MS = 3_000;
/** After so long without a change, no change is expected any more. */
const RESTED_MS = 3_000;
const ALL = { maxEvents: 100, maxBytes: 1e6 };
const SEGMENT = /\/\d{16}-\d+\.jsonl$/;

type Part<What extends Command['what']> = Extract<Command, { what: What }>;

/** The settings of a run. */
export interface WorldSetup {
  readonly fsync: 'group' | 'off';
  readonly segmentBytes: number;
  readonly leaseMs: number;
  /** Absent: the bound is so large that no event is dropped. */
  readonly maxBytes?: number | undefined;
  readonly maxMemoryBytes?: number | undefined;
  /** Bytes of settled segments that are kept. Absent: the default. */
  readonly retainBytes?: number | undefined;
}

/** A disk, processes with journals on it, and the knowledge of an observer who sees only the inputs and outputs. */
export class JournalWorld {
  readonly clock = new ManualClock();
  readonly #machine = new Machine();
  readonly #events = new Map<string, KnownEvent>();
  /** The disk, for the processes that start later. */
  #files = new FaultyFiles({ clock: this.clock });
  #lives: Life[] = [];
  #born = 0;
  #offered = 0;
  /** Time that passed without the disk since every process could write its heartbeat. */
  #ticked = 0;
  /** The directory was deleted: no promise holds for events on the disk. */
  #wiped = false;
  /** The disk was full: the journal may delete the history and its keys to make room. */
  #wasFull = false;
  /** A start may leave unreadable files for the next process. */
  #failedReading = false;
  #settling: { readonly lane: string; readonly reason: Reason } | undefined;
  readonly #violations: string[] = [];

  constructor(private readonly setup: WorldSetup) {
    const { disk } = this.#files;
    disk.makeFolder(DIRECTORY);
    disk.syncFolder('/');
    disk.syncFolder('/var');
    this.#start();
  }

  async apply(command: Command): Promise<void> {
    await this.#perform(command);
    await turn();
    this.#check();
  }

  /** All disks work again, all pending events are delivered, and none is missing. */
  async finish(): Promise<void> {
    await this.#perform({ what: 'heal' });
    await this.#perform({ what: 'goOn' });
    for (const life of this.#lives) this.#mend(life);
    await this.#drain(60_000);
    if (!this.#failedReading) this.#expectDrained();
    while (this.#lives.length > 0) await this.#close(this.#lives[0]!);
    const last = this.#start();
    await this.#drain(60_000 + 10 * this.setup.leaseMs);
    this.#expectDrained();
    // A folder without `owner.json` is adopted and delivered, and stays for a process that knows more.
    if (this.#unowned.length > 0 && !this.#wiped) this.#violate(`no process adopted ${this.#unowned.join()}`);
    await this.#expectNothingLost(last);
    await this.#close(last);
    this.#check();
  }

  async #perform(command: Command): Promise<void> {
    switch (command.what) {
      case 'offer':
        return this.#withLife(command, (life) => this.#offer(life, command));
      case 'commit':
        return this.#withLife(command, (life) => this.#commit(life));
      case 'elapse':
        return this.#elapse(command.ms);
      case 'tick':
        this.#tick(command.ms);
        return;
      case 'step':
        return this.#withLife(command, (life) => this.#step(life, command));
      case 'lease':
        return this.#withLife(command, (life) => void this.#lease(life, command.lane, command));
      case 'settle':
        return this.#withLife(command, (life) => this.#settle(life, command));
      case 'work':
        return this.#withLife(command, (life) => this.#work(life, command.lane, command.state));
      case 'fail':
        return this.#withLife(command, (life) => this.#fail(life, command));
      case 'hang':
        return this.#withLife(command, (life) => {
          this.#disturb(life, false);
          this.#delay(life);
          life.hangs = true;
          life.files.hang(command.kinds);
        });
      case 'mend':
        return this.#withLife(command, (life) => this.#mend(life));
      case 'limit':
        this.#lives.forEach((life) => this.#disturb(life, false));
        this.#wasFull = true;
        this.#files.limitFree(command.bytes);
        return;
      case 'readOnly':
        this.#lives.forEach((life) => this.#disturb(life));
        this.#lives.forEach((life) => this.#delay(life));
        this.#files.disk.readOnly = true;
        return;
      case 'heal':
        this.#files.disk.capacity = Infinity;
        this.#files.disk.readOnly = false;
        return;
      case 'crash':
        return this.#withLife(command, (life) => this.#crash(life, command));
      case 'powerCut':
        return this.#powerCut(command);
      case 'close':
        return this.#withLife(command, async (life) => {
          await this.#close(life);
          if (this.#lives.length === 0) this.#start();
        });
      case 'start':
        if (this.#lives.length < MAX_LIVES) this.#start(command.lanes);
        return;
      case 'stop':
        return this.#withLife(command, (life) => {
          this.#delay(life);
          life.stop();
        });
      case 'goOn':
        for (const life of this.#lives) if (life.state === 'stopped') life.goOn();
        return;
      case 'jump':
        this.#ticked += Math.abs(command.ms);
        this.clock.jump(command.ms);
        return;
      case 'dropCaches':
        if (this.setup.fsync !== 'group')
          for (const event of this.#events.values()) event.mayBeGone ||= event.tainted;
        this.#files.dropCaches();
        return;
      case 'wipe':
        this.#wipe();
    }
  }

  async #withLife(
    { life }: { readonly life: number },
    does: (life: Life) => void | Promise<void>,
  ): Promise<void> {
    const running = this.#lives.filter(({ runs }) => runs);
    if (running.length > 0) await does(running[life % running.length]!);
  }

  // Processes

  #start(lanes: readonly string[] = LANES): Life {
    const { retainBytes, fsync, segmentBytes, leaseMs, maxBytes = 1e9, maxMemoryBytes = 1e9 } = this.setup;
    const id = ++this.#born;
    const setup = bufferSetup({
      lanes,
      deadLetters: { maxEvents: 100_000, maxBytes: 1_000_000_000 },
      onKey: (key, at) => this.#onKey(key, at),
      onDropped: (held, lane, reason) => this.#onDropped(id, held, lane, reason),
    });
    const life = new Life(
      id,
      this.clock,
      this.#files.anotherProcess(),
      this.#machine,
      {
        directory: DIRECTORY,
        fsync,
        segmentBytes,
        leaseMs,
        maxBytes,
        maxMemoryBytes,
        ...(retainBytes !== undefined && { retain: { bytes: retainBytes } }),
      },
      setup,
    );
    life.sick = this.#isDiskSick;
    life.disturbed = life.sick;
    life.late = life.sick;
    this.#lives.push(life);
    return life;
  }

  #crash(life: Life, { picks, saves }: Part<'crash'>): void {
    const wasWell = life.isWell && !life.disturbed && !this.#isDiskSick;
    if (saves) life.buffer.saveNow?.();
    // It had an open file, and no write failed.
    if (saves && wasWell)
      for (const event of this.#events.values())
        if (event.life === life.id) event.safety = safer(event.safety, 'crash');
    this.#leave(life);
    life.files.crash(picksOf(picks));
    this.#survive('crash', ({ life: of }) => of === life.id);
    if (this.#lives.length === 0) this.#start();
  }

  #powerCut({ picks }: Part<'powerCut'>): void {
    for (const life of this.#lives) this.#leave(life);
    this.#files = this.#files.powerCut(picksOf(picks));
    this.#machine.restart();
    this.#survive('powerCut', () => true);
    this.#start();
  }

  async #close(life: Life): Promise<void> {
    const wasWell = life.isWell && !this.#isDiskSick;
    let closed = false;
    void life.buffer.close().then(() => (closed = true));
    for (let waited = 0; !closed && waited < 120_000; waited += 1_000)
      await this.#elapse(1_000, () => closed);
    if (closed) this.#expectHandedOver(life);
    else if (!life.hangs) this.#violate('close() does not end');
    this.#check();
    this.#leave(life);
    life.files.crash();
    if (wasWell) {
      for (const event of this.#events.values()) {
        if (event.life === life.id && !event.tainted)
          event.safety = safer(event.safety, this.#safetyOf('synced'));
        for (const end of event.ends) {
          if (end.life === life.id && !end.tainted) end.safety = safer(end.safety, this.#safetyOf('synced'));
        }
      }
    }
    this.#survive('crash', ({ life: of }) => of === life.id);
  }

  #expectHandedOver({ id, buffer, lanes }: Life): void {
    for (const name of lanes.keys()) {
      const { pending } = buffer.ledger(name);
      if (pending !== 0)
        this.#violate(`${pending} events of lane ${name} are pending after process ${id} closed`);
    }
  }

  #leave(life: Life): void {
    life.end();
    this.#lives = this.#lives.filter((other) => other !== life);
  }

  /** The affected events and outcomes that are not safe from the fault may be gone. */
  #survive(what: 'crash' | 'powerCut', happensTo: (is: { readonly life: number }) => boolean): void {
    for (const event of this.#events.values()) {
      if (happensTo(event) && !survives(event.safety, what)) event.mayBeGone = true;
      for (const end of event.ends) {
        if (happensTo(end)) end.final = !this.#wiped && !end.tainted && survives(end.safety, what);
      }
    }
  }

  // The disk and the time

  get #isDiskSick(): boolean {
    const { capacity, readOnly } = this.#files.disk;
    return capacity !== Infinity || readOnly;
  }

  #fail(life: Life, { kinds, path, picks, ...fault }: Part<'fail'>): void {
    this.#disturb(life, kinds.includes('sync'));
    if (kinds.includes('touch') || kinds.includes('facts')) this.#delay(life);
    if (kinds.some((kind) => ['read', 'readText', 'list', 'facts', 'open'].includes(kind))) {
      this.#failedReading = true;
    }
    // If there is little room, the journal frees some before every write, even if other operations fail.
    if (fault.code === 'ENOSPC' || !this.#hasRoom) this.#wasFull = true;
    life.files.fail((operation) => kinds.includes(operation.kind) && operation.path.endsWith(path), {
      ...fault,
      choose: picksOf(picks),
    });
  }

  #mend(life: Life): void {
    life.files.mend();
    life.sick = false;
    life.hangs = false;
    life.loses = false;
  }

  /** From now on, an outcome that is not on the disk may be forgotten. */
  #disturb(life: Life, mayLoseWritten = true): void {
    life.sick = true;
    life.disturbed = true;
    if (!mayLoseWritten) return;
    life.loses = true;
    for (const event of this.#events.values()) {
      if (event.life === life.id && event.safety !== 'powerCut') event.tainted = true;
      for (const end of event.ends) if (end.life === life.id && end.safety !== 'powerCut') end.tainted = true;
    }
  }

  /** Other processes may take it for dead: from now on, its folder may belong to another process. */
  #delay(life: Life): void {
    life.disturbed = true;
    life.late = true;
    for (const event of this.#events.values())
      if (event.life === life.id && event.safety === 'nothing') event.mayBeTwofold = true;
  }

  #wipe(): void {
    this.#wiped = true;
    for (const life of this.#lives) {
      this.#disturb(life);
      this.#delay(life);
    }
    for (const event of this.#events.values()) {
      event.mayBeGone = true;
      for (const end of event.ends) end.final = false;
    }
    if (this.#files.disk.tree.includes(`${DIRECTORY}/`)) this.#files.disk.wipe(DIRECTORY);
    for (const life of this.#lives) this.#mend(life);
  }

  #tick(ms: number): void {
    this.#ticked += ms;
    if (this.#ticked > this.setup.leaseMs / 4) for (const life of this.#lives) this.#delay(life);
    this.clock.advance(ms);
  }

  async #step(life: Life, { steps, picks }: Part<'step'>): Promise<void> {
    const choose = picksOf(picks);
    for (let step = 0; step < steps; step++) {
      await turn();
      this.clock.run();
      life.files.step(choose);
    }
  }

  async #elapse(ms: number, isEnough: () => boolean = () => false): Promise<void> {
    await this.#quiesce();
    if (ms >= 1_500) this.#ticked = 0;
    const begin = this.clock.monotonic();
    const well = this.#lives.filter(({ isWell }) => isWell && !this.#isDiskSick);
    const until = begin + ms;
    for (let turns = 0; !isEnough(); turns++) {
      if (turns > MAX_TURNS) throw new Error('timers without end');
      const next = Math.min(...this.#lives.filter(({ runs }) => runs).map(({ clock }) => clock.nextAt));
      if (next > until) break;
      this.clock.advance(Math.max(0, next - this.clock.monotonic()));
      await this.#quiesce();
    }
    if (isEnough()) return;
    this.clock.advance(until - this.clock.monotonic());
    await this.#quiesce();
    for (const life of well) if (life.isWell) this.#rested(life, begin, ms);
  }

  /** The disk completes all requests. No time passes. */
  async #quiesce(): Promise<void> {
    for (let turns = 0; turns < MAX_TURNS; turns++) {
      this.clock.run();
      await turn();
      const stepped = this.#lives.filter((life) => life.runs && life.files.step());
      if (stepped.length > 0) continue;
      this.clock.run();
      await turn();
      if (!this.#lives.some((life) => life.runs && life.files.step())) return;
    }
    throw new Error('operations without end');
  }

  /** No fault for a while: earlier outcomes are on the disk. */
  #rested(life: Life, begin: number, ms: number): void {
    if (ms < (life.disturbed ? REWRITTEN_MS : WRITTEN_MS)) return;
    if (ms >= REWRITTEN_MS) life.late = false;
    const safety = this.#safetyOf(ms >= SYNCED_MS ? 'synced' : 'written');
    for (const event of this.#events.values()) {
      if (event.life === life.id && event.safety !== 'nothing' && !event.tainted)
        event.safety = safer(event.safety, safety);
      for (const end of event.ends) {
        if (end.life === life.id && !end.tainted && end.at <= begin) end.safety = safer(end.safety, safety);
      }
    }
  }

  #safetyOf(state: 'written' | 'synced'): Safety {
    return state === 'synced' && this.setup.fsync !== 'off' ? 'powerCut' : 'crash';
  }

  // Events

  #offer(life: Life, { lanes: wanted, count, sample, units, keyed }: Part<'offer'>): void {
    const text = SAMPLES[sample]!.repeat(units);
    const lanes = wanted.filter((lane) => life.lanes.has(lane));
    if (lanes.length === 0) return;
    for (let i = 0; i < count; i++) {
      const now = this.clock.now();
      const number = ++this.#offered;
      const id = keyed ? keyedId('model', 'track', 'Signed Up', String(number)) : newId(now);
      const event = anEvent({ id, acceptedAt: now, properties: { number, text }, lanes });
      const json = JSON.stringify(toEventJson(event));
      const position = life.buffer.nextPosition;
      const routes = lanes.map((lane) => ({ lane, entry: entryOf(lane, number) }));
      const refused = life.buffer.offer(event, json.length, routes);
      if (refused !== undefined && this.#hasRoom)
        this.#violate(`lanes ${refused.lanes.join()} refused an event as ${refused.reason}`);
      for (const { lane, entry } of routes) {
        if (refused?.lanes.includes(lane) === true) continue;
        life.lanes.get(lane)!.accepted++;
        this.#events.set(`${lane} ${id}`, {
          id,
          lane,
          json,
          entry,
          keyed,
          life: life.id,
          position,
          acceptedAt: now,
          safety: 'nothing',
          tainted: life.loses || this.#files.disk.readOnly,
          mayBeGone: false,
          mayBeTwofold: life.late,
          ends: [],
        });
      }
    }
  }

  get #hasRoom(): boolean {
    return this.setup.maxBytes === undefined && this.setup.maxMemoryBytes === undefined;
  }

  #commit(life: Life): void {
    const offered = [...this.#events.values()].filter((event) => event.life === life.id);
    void life.buffer.commit().then((state) => {
      if (state !== 'committed' || life.state === 'dead') return;
      const safety = this.setup.fsync === 'group' ? 'powerCut' : 'crash';
      for (const event of offered) event.safety = safer(event.safety, safety);
    });
  }

  #lease(life: Life, name: string, limits: { maxEvents: number; maxBytes: number }): boolean {
    const lane = life.lanes.get(name);
    if (lane === undefined) return false;
    const { buffer } = life;
    const first = buffer.firstPosition(name);
    const before = buffer.waiting(name).events;
    const oldest = buffer.oldest(name);
    const lease = buffer.lease(name, limits);
    if (lease === undefined) {
      // If its heartbeat is late, it must confirm its ownership first.
      if (oldest !== undefined && lane.out.length === 0 && !life.disturbed && this.#ticked === 0)
        this.#violate(`lane ${name} gets no event, and has no lease`);
      lane.woken = false;
      return false;
    }
    const { token, events } = lease;
    if (events.length === 0 || events.length > limits.maxEvents)
      this.#violate(`${events.length} events in a lease`);
    if (first !== events[0]?.position)
      this.#violate(`lane ${name} reports ${first} as the position of its first event`);
    if (buffer.waiting(name).events !== before - events.length)
      this.#violate(`lane ${name} counts its unleased events wrongly`);
    for (const held of events) this.#checkHandedOut(life, name, lane, held);
    lane.out.push({ token, events: [...events] });
    return true;
  }

  #checkHandedOut(life: Life, name: string, lane: LifeLane, held: StoredEvent): void {
    const id = idOf(held);
    const event = this.#events.get(`${name} ${id}`);
    if (event === undefined) return this.#violate(`lane ${name} has an event that was never accepted for it`);
    const tale = `event ${event.position} of process ${event.life} in lane ${name}, in process ${life.id}`;
    const json = JSON.stringify(toEventJson(held.event));
    if ((held.json ?? json) !== event.json || json !== event.json) this.#violate(`${tale} was altered`);
    if (JSON.stringify(held.entry) !== JSON.stringify(event.entry)) this.#violate(`${tale} lost its entry`);
    if (event.life === life.id && !life.disturbed && held.position !== event.position)
      this.#violate(`${tale} has position ${held.position}`);
    if (lane.outIds.includes(id)) this.#violate(`${tale} is leased twice`);
    if (event.mayBeTwofold) return;
    if (lane.done.has(id)) this.#violate(`${tale} is leased again after it was settled`);
    const end = event.ends.at(-1);
    if (end === undefined || end.life === life.id) return;
    const ender = this.#lives.find((other) => other.id === end.life);
    if (ender === undefined ? end.final : !ender.disturbed && !life.disturbed)
      this.#violate(`${tale} is leased after it was ${end.state} in process ${end.life}`);
  }

  #settle(life: Life, { lane: name, pick, every, state }: Omit<Part<'settle'>, 'life' | 'what'>): void {
    const lane = life.lanes.get(name);
    if (lane === undefined || lane.out.length === 0) return;
    const out = lane.out[pick % lane.out.length]!;
    const settled = out.events.filter((_, i) => i % every === 0);
    const left = out.events.filter((held) => !settled.includes(held));
    lane.out = lane.out
      .map((each) => (each === out ? { ...out, events: left } : each))
      .filter(({ events }) => events.length > 0);
    const reason: Reason = state === 'dead' ? 'refused' : 'expired';
    const settlement = { state, reason, attempts: 1, answer: 'no' } as Settlement;
    this.#settling = { lane: name, reason };
    const before = endsOf(life.buffer.ledger(name));
    life.buffer.settle(name, out.token, settled, settlement);
    const counted = endsOf(life.buffer.ledger(name)) - before;
    // Events that another process has adopted in the meantime are ignored here, and settled there.
    const isKnown = state === 'returned' || counted === settled.length;
    if (!isKnown && !life.disturbed) this.#violate(`lane ${name} ignores the settlement of a leased event`);
    for (const held of settled) {
      if (state === 'returned') lane.woken = true;
      else if (state !== 'dropped') this.#ended(life.id, name, idOf(held), state, isKnown);
    }
    if (state === 'delivered') lane.delivered += counted;
    // A repeated settlement, or one of another process, is ignored.
    life.buffer.settle(name, out.token, settled, { state: 'delivered' });
    life.buffer.settle(name, out.token + 1_000_000, left, { state: 'delivered' });
    this.#settling = undefined;
  }

  #settleAll(life: Life, name: string, state: Settlement['state']): void {
    const lane = life.lanes.get(name);
    while (lane !== undefined && lane.out.length > 0)
      this.#settle(life, { lane: name, pick: 0, every: 1, state });
  }

  #work(life: Life, name: string, state: Settlement['state']): void {
    if (this.#lease(life, name, ALL)) this.#settleAll(life, name, state);
  }

  #ended(lifeId: number, name: string, id: string, state: KnownEnd['state'], isKnown = true): void {
    const life = this.#lives.find((each) => each.id === lifeId);
    life?.lanes.get(name)!.done.add(id);
    this.#events.get(`${name} ${id}`)?.ends.push({
      state,
      life: lifeId,
      at: this.clock.monotonic(),
      safety: 'nothing',
      tainted: !isKnown || life?.loses !== false || this.#files.disk.readOnly,
      final: false,
    });
  }

  #onDropped(lifeId: number, held: HeldEvent, name: string, reason: Reason): void {
    const life = this.#lives.find((each) => each.id === lifeId);
    if (life === undefined) return;
    const id = idOf(held);
    const event = this.#events.get(`${name} ${id}`);
    if (event === undefined) return this.#violate(`an event that was never accepted is dropped as ${reason}`);
    life.lanes.get(name)!.dropped++;
    const isAllowed =
      this.#settling?.reason === reason ||
      (reason === 'buffer_full' && !this.#hasRoom) ||
      (reason === 'closed' && life.disturbed && (event.safety === 'nothing' || event.mayBeGone));
    if (!isAllowed) this.#violate(`event ${event.position} of process ${event.life} is dropped as ${reason}`);
    if (life.lanes.get(name)!.outIds.includes(id) && reason !== 'closed')
      this.#violate(`event ${event.position} of process ${event.life} is dropped while it is leased`);
    this.#ended(lifeId, name, id, 'dropped');
  }

  #onKey(id: string, at: number): void {
    const events = LANES.map((lane) => this.#events.get(`${lane} ${id}`)).filter(
      (each) => each !== undefined,
    );
    if (events.length === 0) this.#violate('an unknown key is found');
    if (events.some(({ acceptedAt }) => acceptedAt !== at)) this.#violate('a key is found with another time');
  }

  // What must hold

  #violate(what: string): void {
    this.#violations.push(what);
  }

  #check(): void {
    for (const life of this.#lives)
      for (const [name, lane] of life.lanes) this.#checkLedger(life, name, lane);
    expect(this.#violations).toEqual([]);
  }

  #checkLedger({ id, buffer }: Life, name: string, lane: LifeLane): void {
    const ledger: LaneLedger = buffer.ledger(name);
    const { accepted, recovered, adopted, replayed, delivered, pending, dead, dropped, handedOver } = ledger;
    const tale = `lane ${name} in process ${id} counts ${JSON.stringify({ ...ledger, dropped: { ...dropped } })}`;
    if (
      accepted + recovered + adopted + replayed !==
      delivered + pending + dead + total(dropped) + handedOver
    )
      this.#violate(`${tale}, which does not add up`);
    if ([recovered, adopted, pending, dead, handedOver].some((count) => count < 0) || replayed > 0)
      this.#violate(tale);
    if (accepted !== lane.accepted || delivered !== lane.delivered) this.#violate(tale);
    // Unreadable events are counted, but cannot be named.
    if (!this.#wiped && total(dropped) !== lane.dropped)
      this.#violate(`${tale}, and ${lane.dropped} were dropped`);
    const waiting = buffer.waiting(name);
    const out = lane.outIds.length;
    if (waiting.events < 0 || waiting.bytes < 0 || waiting.events + out > pending + handedOver)
      this.#violate(
        `${tale}, and ${waiting.events} events of ${waiting.bytes} bytes wait and ${out} are out`,
      );
    if (waiting.events > 0 && buffer.firstPosition(name) === Infinity)
      this.#violate(`lane ${name} in process ${id} has no first event, and ${waiting.events} are unleased`);
  }

  /** Lanes lease events when they are notified, until no event is left and no new one comes. */
  async #drain(maxMs: number): Promise<void> {
    for (let waited = 0, rested = 0; waited < maxMs && rested < RESTED_MS; waited += 500) {
      for (const life of this.#lives) for (const name of life.lanes.keys()) this.#drainLane(life, name);
      await turn();
      this.#check();
      await this.#elapse(500);
      this.#check();
      rested = this.#isDrained ? rested + 500 : 0;
    }
  }

  get #isDrained(): boolean {
    return (
      this.#unowned.length === 0 &&
      this.#lives.every(
        (life) =>
          life.isWell &&
          [...life.lanes].every(([name, { woken }]) => life.buffer.ledger(name).pending === 0 && !woken),
      )
    );
  }

  /** Folders with events that no living process owns. */
  get #unowned(): string[] {
    const owners = this.#lives.map(({ buffer }) => basename(buffer.journal?.().folder ?? '-'));
    const segments = this.#files.disk.tree.filter((path) => SEGMENT.test(path));
    const folders = new Set(segments.map((path) => basename(dirname(path))));
    return [...folders].filter(
      (name) => !owners.some((owner) => name === owner || name.startsWith(`${owner}+`)),
    );
  }

  #drainLane(life: Life, name: string): void {
    const lane = life.lanes.get(name)!;
    do this.#settleAll(life, name, 'delivered');
    while (lane.woken && this.#lease(life, name, ALL));
  }

  #expectDrained(): void {
    for (const { id, buffer, lanes } of this.#lives) {
      for (const name of lanes.keys()) {
        const { pending } = buffer.ledger(name);
        const waiting = buffer.waiting(name).events;
        if (pending > 0 || waiting > 0)
          this.#violate(
            `life ${id} never handed out ${pending} events of lane ${name}, of which ${waiting} wait`,
          );
      }
      const stats = buffer.journal?.();
      if (stats?.state !== 'open' || stats.recovering || stats.uncommitted > 0)
        this.#violate(`the journal of process ${id} is ${JSON.stringify(stats)} on a disk that works`);
    }
    this.#check();
  }

  async #expectNothingLost(last: Life): Promise<void> {
    const letters = new Map<string, Set<string>>();
    for (const name of LANES) {
      let found: readonly DeadLetter[] | undefined;
      void lettersOf(last.buffer, name).then((letters) => (found = letters));
      await this.#elapse(60_000, () => found !== undefined);
      if (found === undefined) return this.#violate(`the dead letters of lane ${name} cannot be read`);
      letters.set(name, new Set(found.map(({ event }) => event.id)));
      if (found.length !== last.buffer.ledger(name).dead)
        this.#violate(`the dead letters of lane ${name} and their count differ`);
    }
    for (const event of this.#events.values()) {
      const { id, lane, ends, life, position, safety, mayBeGone, keyed, acceptedAt } = event;
      const tale = `event ${position} of process ${life} in lane ${lane} (${safety})`;
      const end = ends.at(-1);
      if (end === undefined && !mayBeGone) this.#violate(`${tale} is lost`);
      // Its letter is kept, or it was leased again and has another outcome.
      if (end?.state === 'dead' && !mayBeGone && !letters.get(lane)!.has(id))
        this.#violate(`${tale} is dead, and no dead letter is kept`);
      if (letters.get(lane)!.has(id) && !ends.some(({ state }) => state === 'dead'))
        this.#violate(`${tale} is a dead letter, and no lane settled it so`);
      if (keyed && !mayBeGone && !this.#wasFull && last.keys.get(id) !== acceptedAt)
        this.#violate(`the key of ${tale} is forgotten`);
    }
    this.#check();
  }
}

function endsOf({ delivered, dead, dropped }: LaneLedger): number {
  return delivered + dead + total(dropped);
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
