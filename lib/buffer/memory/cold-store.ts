import { ColdBlock } from './cold-block.js';
import type { MemoryLane } from './memory-lane.js';
import type { MemorySlot } from './memory-slot.js';

/** Bytes that are serialised at once, about a hundred orders. */
const BLOCK_BYTES = 65_536;
const BLOCK_EVENTS = 256;
/** Unused blocks that are kept for the next burst. */
const MAX_SPARE = 16;
/**
 * JSON bytes of the hot events of a lane. So few that later events leave the heap while they are young: V8 lets old objects
 * grow to several times their size before it collects them.
 */
const HOT_BYTES = 393_216;

/** Pending events outside of the heap, as the JSON that a webhook sends. */
export class ColdStore {
  /** Events in blocks, and the bytes of all blocks. */
  events = 0;
  bytes = 0;
  readonly #spare: ColdBlock[] = [];

  /**
   * If a lane has more hot events than should stay in the heap: fills one block with the oldest of them, also for each other lane
   * that has them next. A lane that has older events keeps its slot, and moves its own copy to a block later.
   *
   * @param lanes all lanes by name
   * @param onChilled called for each slot that moved to the block
   */
  store(
    from: MemoryLane,
    lanes: ReadonlyMap<string, MemoryLane>,
    onChilled: (slot: MemorySlot) => void,
  ): void {
    if (from.hotBytes <= HOT_BYTES) return;
    let block = this.#spare.pop() ?? new ColdBlock(BLOCK_BYTES, BLOCK_EVENTS);
    const sharing = new Set<MemoryLane>();
    for (let slot = from.oldestHot; slot !== undefined; slot = from.oldestHot) {
      const slots = slot.stored.pending().filter((each) => lanes.get(each.route.lane)!.oldestHot === each);
      const { routes: all } = slot.stored;
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
        sharing.add(lane);
        onChilled(each);
      }
    }
    block.lanesLeft = sharing.size;
    this.events += block.events;
    this.bytes += block.bytes;
    for (const lane of sharing) lane.addCold(block);
  }

  /** A lane's copies of a block's events. The last lane frees the block. */
  thaw(block: ColdBlock, lane: string): readonly MemorySlot[] {
    const slots = block.thaw(lane);
    if (--block.lanesLeft > 0) {
      // The block still counts them.
      for (const { stored } of slots) stored.counts = false;
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
