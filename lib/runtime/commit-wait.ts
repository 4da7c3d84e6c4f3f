import type { CommitState, EventBuffer } from '../buffer/event-buffer.js';
import type { Clock } from '../host/clock.js';
import type { Log } from '../host/log.js';
import { within } from '../host/deadline.js';
import type { JournalWatch } from '../observe/journal-watch.js';
import type { Notices } from '../observe/notices.js';
import { runtimeMessages } from './runtime.messages.js';

/** Waits for the commit of the events recorded so far, at most for `commitTimeoutMs`. */
export class CommitWait {
  constructor(
    private readonly buffer: EventBuffer,
    private readonly watch: JournalWatch,
    private readonly notices: Notices,
    private readonly clock: Clock,
    private readonly log: Log,
    private readonly timeoutMs: number,
  ) {}

  /** `buffered` if the commit failed, or takes longer. Never rejects. */
  async committed(): Promise<CommitState> {
    let state: CommitState | undefined;
    const commit = this.log.contained('committing events', async () => {
      state = await this.buffer.commit();
    });
    await within(this.clock, this.timeoutMs, commit);
    if (state === 'committed' || (state === 'buffered' && !this.buffer.durable)) return state;
    // A failing disk is in the log already.
    if (this.watch.isFailing) this.notices.count('commit_failed');
    else this.notices.tell('commit_failed', 'record()', runtimeMessages.notCommitted);
    return 'buffered';
  }
}
