import type { ListedEvent, ReceivedOutcome } from '../api/responses.js';
import { EventPanel } from './event-panel.js';
import { Link } from './link.js';
import { ListView } from './list-view.js';
import { live, titleOf } from './live.js';
import { EventTitle, OutcomeBadge } from './parts/badges.js';
import { Segmented } from './parts/segmented.js';
import { SentText } from './parts/sent-text.js';
import type { Column } from './parts/table.js';
import { Time } from './parts/time.js';
import { goWith, OUTCOMES, place, type Place } from './place.js';
import { OUTCOME_MEANS } from './words.js';

export function EventsView() {
  const here = place.use();
  const { platform, kind, name, person, outcome, search, event: open } = here;
  return (
    <>
      <OutcomeFilter here={here} />
      <ListView<ListedEvent>
        what="events"
        filters={{ platform, kind, name, person, outcome, search }}
        open={open}
        columns={columns(here)}
        panel={(number, listed) => <EventPanel number={number} listed={listed} />}
      />
    </>
  );
}

function columns(here: Place): readonly Column<ListedEvent>[] {
  return [
    {
      head: 'Event',
      class: 'main',
      cell: (event) => (
        <>
          <Link to={{ ...here, event: event.number }} class="row-link" current={here.event === event.number}>
            <EventTitle event={event} />
          </Link>
          {event.problems.length > 0 && <small class={`tone ${event.outcome}`}>{event.problems[0]}</small>}
          <small class="sub muted">
            {titleOf(event.platform)} · <Person event={event} />
          </small>
        </>
      ),
    },
    { head: 'Outcome', class: 'outcome', cell: ({ outcome }) => <OutcomeBadge outcome={outcome} /> },
    { head: 'Person', class: 'wide', cell: (event) => <Person event={event} /> },
    { head: 'Platform', class: 'wide', cell: ({ platform }) => titleOf(platform) },
    { head: 'Received', class: 'time', cell: ({ receivedAt }) => <Time at={receivedAt} /> },
  ];
}

function Person({ event: { userId, anonymousId } }: { readonly event: ListedEvent }) {
  if (userId !== null) return <SentText text={userId} />;
  if (anonymousId === null) return <span class="muted">nobody</span>;
  return (
    <span class="muted" title="Anonymous id">
      <SentText text={anonymousId} />
    </span>
  );
}

/** The counts include everything that was received, so they are shown only where no other filter narrows the list. */
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
    return <span class="count muted">{sum.toLocaleString('en')}</span>;
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
