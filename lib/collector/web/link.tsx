import type { ComponentChildren } from 'preact';
import { go, placeQuery, type Place } from './place.js';

/** A link to a place of this page: a real one, so that it can be copied and opened in another tab. */
export function Link({
  to,
  children,
  class: name,
  current,
  label,
  title,
}: {
  readonly to: Place;
  readonly children: ComponentChildren;
  readonly class?: string;
  readonly current?: boolean | undefined;
  readonly label?: string;
  readonly title?: string;
}) {
  return (
    <a
      href={placeQuery(to)}
      class={name}
      title={title}
      aria-label={label}
      aria-current={current === true ? 'true' : undefined}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || event.button !== 0) return;
        event.preventDefault();
        go(to);
      }}
    >
      {children}
    </a>
  );
}
