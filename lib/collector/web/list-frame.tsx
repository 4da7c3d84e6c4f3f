import type { ComponentChildren } from 'preact';
import type { Held } from './held.js';

/** Around a list: the button for newer items, and the one for older ones. */
export function ListFrame({
  what,
  held: { newer, showNewer },
  hasOlder,
  onOlder,
  limit,
  children,
}: {
  readonly what: string;
  readonly held: Held<unknown>;
  readonly hasOlder: boolean;
  readonly onOlder: () => void;
  readonly limit: number;
  readonly children: ComponentChildren;
}) {
  return (
    <>
      {newer > 0 && (
        <button
          type="button"
          class="newer"
          onClick={() => {
            showNewer();
            scrollTo({ top: 0 });
          }}
        >
          {newer >= limit ? `${limit}+` : newer} new {what}
        </button>
      )}
      {children}
      {hasOlder && (
        <button type="button" class="button older" onClick={onOlder}>
          Show older {what}
        </button>
      )}
    </>
  );
}
