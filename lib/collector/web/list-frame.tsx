import type { ComponentChildren } from 'preact';
import { counted } from '../../event/counted.js';
import { MOST_ROWS, type List } from './list.js';
import { NoRows } from './no-rows.js';

const PAGE = 100;

/** The frame of a list: the API's error, the button for newer rows, and the one for older rows. */
export function ListFrame({
  what,
  list,
  children,
}: {
  readonly what: string;
  readonly list: List<unknown>;
  /** The table of the rows. */
  readonly children: ComponentChildren;
}) {
  const { rows, next, forgotten = 0, error, newer, showNewer, showOlder, start } = list;
  const count = rows?.length ?? 0;
  return (
    <div class="surface">
      <div ref={start} />
      {error !== undefined && (
        <p class="problems rejected" role="alert">
          {error}
        </p>
      )}
      <div class="newer-place">
        {newer > 0 && (
          <button
            type="button"
            class="button primary round"
            onClick={() => {
              showNewer();
              start.current?.scrollIntoView({ block: 'center' });
            }}
          >
            {newer >= PAGE ? `${PAGE} or more new ${what}` : counted(newer, `new ${what.slice(0, -1)}`)}
          </button>
        )}
      </div>
      {rows !== undefined && count === 0 && error === undefined && <NoRows what={what} />}
      {count > 0 && children}
      {next != null && count < MOST_ROWS && (
        <button type="button" class="button older" onClick={showOlder}>
          Show older {what}
        </button>
      )}
      {next != null && count >= MOST_ROWS && (
        <p class="list-end">
          These are the latest {count.toLocaleString('en')}. Use the search to find older ones.
        </p>
      )}
      {next === null && count > 0 && forgotten > 0 && (
        <p class="list-end">
          {forgotten.toLocaleString('en')} older {what} are in the counts. The collector lists the latest
          only.
        </p>
      )}
    </div>
  );
}
