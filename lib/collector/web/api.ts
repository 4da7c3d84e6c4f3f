import type { EventKind, ReceivedOutcome } from '../ledger/received-event.js';

export type OutcomeCounts = Readonly<Record<ReceivedOutcome, number>>;

export interface NameCounts extends OutcomeCounts {
  readonly platform: string;
  readonly kind: EventKind;
  readonly name: string;
}

export interface PlatformCounts extends OutcomeCounts {
  readonly platform: string;
  readonly title: string;
  readonly requests: number;
  readonly failedRequests: number;
}

/** A scripted answer in force, with what is left of it. */
export interface AnswerInForce {
  readonly answer: string | { readonly status: number };
  readonly platform?: string;
  readonly requests?: number;
  readonly seconds?: number;
  readonly share?: number;
}

export interface Stats {
  readonly revision?: number;
  readonly startedAt?: number;
  readonly platforms: readonly PlatformCounts[];
  readonly names?: readonly NameCounts[];
  readonly answers: readonly AnswerInForce[];
}

export interface Person extends OutcomeCounts {
  readonly platform: string;
  readonly ids: readonly string[];
  readonly lastSeenAt?: number;
}

/** Reads from the JSON API; an error carries its sentence. */
export async function read<T>(path: string, signal?: AbortSignal): Promise<T> {
  return parse<T>(await fetch(`./_collector/${path}`, { signal: signal ?? null }));
}

/** Changes something through the JSON API. */
export async function change(method: 'POST' | 'DELETE', path: string, value?: unknown): Promise<void> {
  await parse(
    await fetch(`./_collector/${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      body: value === undefined ? null : JSON.stringify(value),
    }),
  );
}

async function parse<T>(response: Response): Promise<T> {
  const value: unknown = await response.json();
  if (!response.ok) throw new Error((value as { error?: string }).error ?? `HTTP ${response.status}`);
  return value as T;
}

/** A query of those members that are set. */
export function queryOf(members: Readonly<Record<string, string | number | undefined>>): string {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(members)) if (value !== undefined) query.set(key, String(value));
  return `?${query}`;
}
