import { ColdBlock } from './cold-block.js';
import type { MemoryLane } from './memory-lane.js';
import type { MemorySlot } from './memory-slot.js';

/** Text of about a hundred orders: what is serialised in one go when hot events become too many. */
const BLOCK_BYTES = 65_536;
const BLOCK_EVENTS = 256;
/** Blocks that are kept for the next burst; more are given back to the system. */
const MAX_SPARE = 16;
/**
 * JSON bytes of hot events that a lane may have waiting. So few that what comes after them leaves the heap while it is
 * young: V8 lets objects that grew old pile up to several times their size before it collects them.
 */
const HOT_BYTES = 393_216;

/** Waiting events outside of the heap. The JSON that they wait as is the JSON that a webhook sends. */
export class ColdStore {
  /** Events in blocks, and the bytes of all blocks. */
  events = 0;
  bytes = 0;
  readonly #spare: ColdBlock[] = [];

  /** Whether a lane has more hot events waiting than should stay in the heap. */
  wants(lane: MemoryLane): boolean {
    return lane.hotBytes > HOT_BYTES;
  }

  /**
   * Fills one block with the oldest hot events of a lane, also for each other lane that waits for them next. A lane that has
   * something older to send first keeps its slot, and takes a copy of its own into the cold when its turn comes.
   *
   * @param lanes all lanes by name
   * @param chilled is told of each slot that its lane has lost to the block
   */
  store(from: MemoryLane, lanes: ReadonlyMap<string, MemoryLane>, chilled: (slot: MemorySlot) => void): void {
    let block = this.#spare.pop() ?? new ColdBlock(BLOCK_BYTES, BLOCK_EVENTS);
    const waiting = new Set<MemoryLane>();
    for (let slot = from.oldestHot; slot !== undefined; slot = from.oldestHot) {
      const slots = slot.held.pending().filter((each) => lanes.get(each.route.lane)!.oldestHot === each);
      const { routes: all } = slot.held;
      const routes = slots.length === all.length ? all : slots.map(({ route }) => route);
      if (!block.add(slot, routes)) {
        if (block.events > 0) break;
        this.#spare.push(block);
        block = ColdBlock.for(slot, routes);
        block.add(slot, routes);
      }
      for (const each of slots) {
        const lane = lanes.get(each.route.lane)!;
        lane.chillOldestHot();
        waiting.add(lane);
        chilled(each);
      }
    }
    block.lanesLeft = waiting.size;
    this.events += block.events;
    this.bytes += block.bytes;
    for (const lane of waiting) lane.addCold(block);
  }

  /** A lane's copies of a block's events. After the last lane the block is free. */
  thaw(block: ColdBlock, lane: string): readonly MemorySlot[] {
    const slots = block.thaw(lane);
    if (--block.lanesLeft > 0) {
      // The block goes on counting for them.
      for (const { held } of slots) held.counts = false;
      return slots;
    }
    this.events -= block.events;
    this.bytes -= block.bytes;
    if (block.maxEvents === BLOCK_EVENTS && this.#spare.length < MAX_SPARE) {
      block.empty();
      this.#spare.push(block);
    }
    return slots;
  }
}
