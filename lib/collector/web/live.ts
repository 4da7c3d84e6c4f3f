import type { OutcomeCounts, StatsResponse } from '../api/responses.js';
import { read } from './api.js';
import { createStore } from './store.js';
import { OUTCOMES } from './place.js';

export interface Live {
  readonly state: 'connecting' | 'live' | 'paused' | 'down';
  readonly stats: StatsResponse | undefined;
  /** Changes when lists must be read again. */
  readonly revision: string;
  /** When the collector stopped answering, epoch milliseconds. */
  readonly downSince: number | undefined;
  /** Events of each of the last seconds, by platform, oldest first. */
  readonly pace: ReadonlyMap<string, readonly number[]>;
}

const POLL_MS = 1_000;
const TIMEOUT_MS = 5_000;
export const PACE_SAMPLES = 60;

export const live = createStore<Live>({
  state: 'connecting',
  stats: undefined,
  revision: '',
  downSince: undefined,
  pace: new Map(),
});

let timer: ReturnType<typeof setTimeout> | undefined;
let isPolling = false;
let lastPollAt = 0;
let lastText = '';

/** Polls once a second while the tab is visible. */
export function startPolling(): void {
  document.addEventListener('visibilitychange', () => void poll());
  void poll();
}

export function setPaused(isPaused: boolean): void {
  live.set({ ...live.get(), state: isPaused ? 'paused' : 'connecting' });
  void poll();
}

/** Reads the counts now, for example after a change; also while paused. */
export async function refresh(): Promise<void> {
  if (isPolling) return;
  isPolling = true;
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const stats = await read<StatsResponse>('stats?names=false', signal).catch(() => undefined); // no answer
  isPolling = false;
  const { state, downSince } = live.get();
  if (stats !== undefined) see(stats);
  else if (state !== 'down') live.set({ ...live.get(), state: 'down', downSince: downSince ?? Date.now() });
}

async function poll(): Promise<void> {
  clearTimeout(timer);
  if (document.hidden || live.get().state === 'paused') return;
  await refresh();
  clearTimeout(timer);
  timer = setTimeout(() => void poll(), POLL_MS);
}

function see(stats: StatsResponse): void {
  const before = live.get();
  const now = performance.now();
  const pace = nextPace(before, stats, Math.max(now - lastPollAt, POLL_MS / 2) / 1_000);
  lastPollAt = now;
  const { startedAt, answers } = stats;
  const revision = `${startedAt} ${stats.revision}`;
  const text = `${revision} ${JSON.stringify(answers)}`;
  const wasIdle = pace === before.pace;
  if (text === lastText && wasIdle && before.state === 'live') return; // nothing to paint
  lastText = text;
  live.set({
    state: before.state === 'paused' ? 'paused' : 'live',
    stats,
    revision,
    downSince: undefined,
    pace,
  });
}

export function titleOf(platform: string): string {
  return live.get().stats?.platforms.find((each) => each.platform === platform)?.title ?? platform;
}

export function received(counts: OutcomeCounts): number {
  return OUTCOMES.reduce((sum, outcome) => sum + counts[outcome], 0);
}

/** The same object while there is no movement, so that an idle page does not render. */
function nextPace(
  { pace, stats: before }: Live,
  { platforms }: StatsResponse,
  seconds: number,
): Live['pace'] {
  const next = new Map<string, readonly number[]>();
  let moves = false;
  for (const counts of platforms) {
    const earlier = before?.platforms.find(({ platform }) => platform === counts.platform);
    const more = earlier === undefined ? 0 : Math.max(0, received(counts) - received(earlier));
    const samples = [...(pace.get(counts.platform) ?? []), more / seconds].slice(-PACE_SAMPLES);
    moves ||= samples.some((each) => each > 0);
    next.set(counts.platform, samples);
  }
  return moves || pace.size === 0 ? next : pace;
}

/** Events a second, over the last few samples. */
export function paceNow(samples: readonly number[] = []): number {
  const last = samples.slice(-4);
  return last.length === 0 ? 0 : last.reduce((sum, each) => sum + each, 0) / last.length;
}
