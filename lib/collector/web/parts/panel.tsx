import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { ReceivedOutcome } from '../../api/responses.js';
import { useLatest } from '../latest.js';
import { live } from '../live.js';
import { goWith } from '../place.js';
import { OUTCOME_MEANS } from '../words.js';
import { IconButton } from './icon.js';

/** One event or request beside its list; on a phone in place of the list. Escape closes it, and the focus returns to its row. */
export function Panel<T>({
  what,
  number,
  listed,
  title,
  body: Body,
}: {
  readonly what: 'event' | 'request';
  readonly number: number;
  /** The item, if the list has it; else the page was opened with a shared URL, and the panel reads it. */
  readonly listed?: T | undefined;
  readonly title?: (item: T) => ComponentChildren;
  readonly body: (props: { readonly item: T }) => ComponentChildren;
}) {
  const { stats } = live.use();
  const { value, error, isCurrent } = useLatest<T>(
    listed === undefined ? `${what}s/${number}` : undefined,
    stats === undefined ? '' : `${stats.startedAt} ${stats.since}`,
  );
  const item = listed ?? (isCurrent ? value : undefined);
  const close = (): void => goWith({ [what]: undefined });
  const panel = useRef<HTMLElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    const top = scrollY;
    return () => {
      scrollTo({ top });
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
    };
  }, []);
  // Another number is another item: it starts at its top.
  useEffect(() => {
    panel.current?.scrollTo({ top: 0 });
    panel.current?.focus({ preventScroll: true });
    if (matchMedia('(max-width: 60rem)').matches) scrollTo({ top: 0 });
  }, [number]);
  useEffect(() => {
    const closeOnEscape = (event: KeyboardEvent): void => {
      if (event.key === 'Escape' && document.querySelector('dialog[open]') === null) close();
    };
    addEventListener('keydown', closeOnEscape);
    return () => removeEventListener('keydown', closeOnEscape);
  }, []);
  return (
    <section class="panel surface" ref={panel} tabIndex={-1} aria-labelledby="panel-title">
      <header class="row">
        <h2 id="panel-title">
          {item !== undefined && title !== undefined
            ? title(item)
            : `${what === 'event' ? 'Event' : 'Request'} ${number}`}
        </h2>
        <IconButton icon="close" aria-label="Close" title="Close (Esc)" onClick={close} />
      </header>
      <div class="stack">
        {item === undefined ? <p>{error ?? `Reading the ${what}…`}</p> : <Body item={item} />}
      </div>
    </section>
  );
}

export function Members({
  of,
}: {
  readonly of: readonly (readonly [name: ComponentChildren, value: ComponentChildren])[];
}) {
  return (
    <dl class="members">
      {of.map(([name, value], index) => (
        <div key={index}>
          <dt>{name}</dt>
          <dd>{value ?? <span class="muted">none</span>}</dd>
        </div>
      ))}
    </dl>
  );
}

/** The rules that an event or a request breaks, and the meaning of its outcome. */
export function Problems({
  outcome,
  problems,
}: {
  readonly outcome?: ReceivedOutcome;
  readonly problems: readonly string[];
}) {
  if (problems.length === 0 && (outcome === undefined || outcome === 'delivered')) return null;
  return (
    <div class={`problems ${outcome ?? 'rejected'}`}>
      {outcome !== undefined && <p>{OUTCOME_MEANS[outcome]}</p>}
      {problems.length > 0 && (
        <ul>
          {problems.map((problem) => (
            <li key={problem}>{problem}</li>
          ))}
        </ul>
      )}
    </div>
  );
}
