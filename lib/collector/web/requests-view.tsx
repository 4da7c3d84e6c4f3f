import { useState } from 'preact/hooks';
import type { ReceivedRequest } from '../ledger/received-request.js';
import { queryOf } from './api.js';
import { useHeld, useScrolledPast } from './held.js';
import { useLatest } from './latest.js';
import { Link } from './link.js';
import { ListFrame } from './list-frame.js';
import { live } from './live.js';
import { NoRows } from './no-rows.js';
import { SentText } from './parts/sent-text.js';
import { Table, type Column } from './parts/table.js';
import { Time } from './parts/time.js';
import { place, type Place } from './place.js';
import { RequestPanel } from './request-panel.js';
import { RequestStatus } from './request-status.js';
import { FAILED_REQUEST_MEANS } from './words.js';

const PAGE = 100;
const MOST = 1_000;

/** The latest requests, newest first, and the open one. */
export function RequestsView() {
  const here = place.use();
  const { revision } = live.use();
  const [limit, setLimit] = useState(PAGE);
  const { platform, search, request: open } = here;
  const path = `requests${queryOf({ platform, search, limit })}`;
  const { value, error, isCurrent } = useLatest<readonly ReceivedRequest[]>(path, revision);
  const [start, isPast] = useScrolledPast<HTMLDivElement>();
  const held = useHeld(value, isCurrent ? path : '', isPast || open !== undefined);
  const { shown } = held;
  return (
    <div class={`split ${open === undefined ? '' : 'has-panel'}`}>
      <div class="split-list">
        <div ref={start} />
        {error !== undefined && <p class="refused">The search was not run: {error}</p>}
        {shown !== undefined && shown.length === 0 && error === undefined && <NoRows what="requests" />}
        {shown !== undefined && shown.length > 0 && (
          <ListFrame
            what="requests"
            held={held}
            hasOlder={shown.length >= limit && limit < MOST}
            onOlder={() => setLimit(Math.min(limit + 300, MOST))}
            limit={limit}
          >
            <Table
              caption="Latest requests, newest first"
              class="requests"
              rows={shown}
              keyOf={({ number }) => number}
              isOpen={({ number }) => number === open}
              columns={columns(here)}
            />
          </ListFrame>
        )}
      </div>
      {open !== undefined && <RequestPanel number={open} />}
    </div>
  );
}

function columns(here: Place): readonly Column<ReceivedRequest>[] {
  return [
    {
      head: 'Request',
      class: 'main',
      cell: (request) => (
        <>
          <Link
            to={{ ...here, request: request.number }}
            class="row-link"
            current={here.request === request.number}
          >
            <code>
              {request.method} <SentText text={request.url} />
            </code>
          </Link>
          {request.problems.length > 0 && <small class="problem rejected">{request.problems[0]}</small>}
          <small class="sub">
            {request.events} {request.events === 1 ? 'event' : 'events'}
            {!request.kept && ' · failed'}
          </small>
        </>
      ),
    },
    { head: 'Answer', class: 'outcome', cell: (request) => <RequestStatus request={request} /> },
    {
      head: 'Events',
      class: 'number wide',
      cell: ({ events, kept }) =>
        kept ? (
          events
        ) : (
          <span class="muted" title={FAILED_REQUEST_MEANS}>
            {events} not counted
          </span>
        ),
    },
    { head: 'Received', class: 'time', cell: ({ receivedAt }) => <Time at={receivedAt} /> },
  ];
}
