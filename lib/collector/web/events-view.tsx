import { useState } from 'preact/hooks';
import type { ReceivedEvent, ReceivedOutcome } from '../ledger/received-event.js';
import { queryOf } from './api.js';
import { EventPanel } from './event-panel.js';
import { EventTitle } from './event-title.js';
import { useHeld, useScrolledPast } from './held.js';
import { useLatest } from './latest.js';
import { Link } from './link.js';
import { ListFrame } from './list-frame.js';
import { live } from './live.js';
import { NoRows } from './no-rows.js';
import { OutcomeBadge } from './parts/outcome-badge.js';
import { Segmented } from './parts/segmented.js';
import { SentText } from './parts/sent-text.js';
import { Table, type Column } from './parts/table.js';
import { Time } from './parts/time.js';
import { goWith, OUTCOMES, place, type Place } from './place.js';
import { OUTCOME_MEANS } from './words.js';

const PAGE = 100;
/** The most that the API gives, and that a table renders without a pause. */
const MOST = 1_000;

/** The latest events, newest first, and the open one. */
export function EventsView() {
  const here = place.use();
  const { revision } = live.use();
  const [limit, setLimit] = useState(PAGE);
  const { platform, kind, name, person, outcome, search, event: open } = here;
  const path = `events${queryOf({ platform, kind, name, person, outcome, search, limit })}`;
  const { value, error, isCurrent } = useLatest<readonly ReceivedEvent[]>(path, revision);
  const [start, isPast] = useScrolledPast<HTMLDivElement>();
  const held = useHeld(value, isCurrent ? path : '', isPast || open !== undefined);
  const { shown } = held;
  return (
    <>
      <OutcomeFilter here={here} />
      <div class={`split ${open === undefined ? '' : 'has-panel'}`}>
        <div class="split-list">
          <div ref={start} />
          {error !== undefined && <p class="refused">The search was not run: {error}</p>}
          {shown !== undefined && shown.length === 0 && error === undefined && <NoRows what="events" />}
          {shown !== undefined && shown.length > 0 && (
            <ListFrame
              what="events"
              held={held}
              hasOlder={shown.length >= limit && limit < MOST}
              onOlder={() => setLimit(Math.min(limit + 300, MOST))}
              limit={limit}
            >
              <Table
                caption="Latest events, newest first"
                class="events"
                rows={shown}
                keyOf={({ number }) => number}
                isOpen={({ number }) => number === open}
                columns={columns(here)}
              />
            </ListFrame>
          )}
        </div>
        {open !== undefined && (
          <EventPanel number={open} listed={shown?.find(({ number }) => number === open)} />
        )}
      </div>
    </>
  );
}

function columns(here: Place): readonly Column<ReceivedEvent>[] {
  return [
    {
      head: 'Event',
      class: 'main',
      cell: (event) => (
        <>
          <Link to={{ ...here, event: event.number }} class="row-link" current={here.event === event.number}>
            <EventTitle event={event} />
          </Link>
          {event.problems.length > 0 && <small class={`problem ${event.outcome}`}>{event.problems[0]}</small>}
          <small class="sub">
            {event.platform} · <Person event={event} />
          </small>
        </>
      ),
    },
    { head: 'Outcome', class: 'outcome', cell: ({ outcome }) => <OutcomeBadge outcome={outcome} /> },
    { head: 'Person', class: 'wide', cell: (event) => <Person event={event} /> },
    { head: 'Platform', class: 'wide', cell: ({ platform }) => platform },
    { head: 'Received', class: 'time', cell: ({ receivedAt }) => <Time at={receivedAt} /> },
  ];
}

function Person({ event: { userId, anonymousId } }: { readonly event: ReceivedEvent }) {
  if (userId !== null) return <SentText text={userId} />;
  if (anonymousId === null) return <span class="muted">nobody</span>;
  return (
    <span class="muted" title="Anonymous id">
      <SentText text={anonymousId} />
    </span>
  );
}

/** Counts are those of everything that was received, so they stand only where nothing else narrows the list. */
function OutcomeFilter({ here }: { readonly here: Place }) {
  const { stats } = live.use();
  const { platform, name, kind, person, search, outcome } = here;
  const hasCounts = [name, kind, person, search].every((each) => each === undefined);
  const platforms = (stats?.platforms ?? []).filter(
    (each) => platform === undefined || each.platform === platform,
  );
  const count = (of: readonly ReceivedOutcome[]) => {
    if (!hasCounts) return null;
    const sum = platforms.reduce((all, each) => of.reduce((total, key) => total + each[key], all), 0);
    return <span class="count">{sum.toLocaleString('en')}</span>;
  };
  return (
    <Segmented<ReceivedOutcome | undefined>
      legend="Outcome"
      value={outcome}
      onChange={(value) => goWith({ outcome: value, event: undefined })}
      choices={[
        { value: undefined, label: <>all {count(OUTCOMES)}</> },
        ...OUTCOMES.map((each) => ({
          value: each,
          label: (
            <>
              {each} {count([each])}
            </>
          ),
          title: OUTCOME_MEANS[each],
        })),
      ]}
    />
  );
}
