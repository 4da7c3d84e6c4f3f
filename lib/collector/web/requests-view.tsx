import { eventsOf } from '../../event/counted.js';
import type { ListedRequest } from '../api/responses.js';
import { Link } from './link.js';
import { ListView } from './list-view.js';
import { RequestStatus } from './parts/badges.js';
import { SentText } from './parts/sent-text.js';
import type { Column } from './parts/table.js';
import { Time } from './parts/time.js';
import { place, type Place } from './place.js';
import { RequestPanel } from './request-panel.js';
import { FAILED_REQUEST_MEANS } from './words.js';

export function RequestsView() {
  const here = place.use();
  const { platform, search, request: open } = here;
  return (
    <ListView<ListedRequest>
      what="requests"
      filters={{ platform, search }}
      open={open}
      columns={columns(here)}
      panel={(number) => <RequestPanel number={number} />}
    />
  );
}

function columns(here: Place): readonly Column<ListedRequest>[] {
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
          {request.problems.length > 0 && <small class="tone rejected">{request.problems[0]}</small>}
          <small class="sub muted">
            {eventsOf(request.events)}
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
