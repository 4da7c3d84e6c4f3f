import type { ListedEvent, PeopleResponse } from '../api/responses.js';
import { queryOf } from './api.js';
import { useLatest } from './latest.js';
import { Link } from './link.js';
import { live, titleOf } from './live.js';
import { EventTitle, OutcomeBadge } from './parts/badges.js';
import { CodeBlock } from './parts/code-block.js';
import { CopyButton } from './parts/copy-button.js';
import { Members, Panel, Problems } from './parts/panel.js';
import { readableJson, SentText } from './parts/sent-text.js';
import { Time } from './parts/time.js';
import { place } from './place.js';

export function EventPanel(props: { readonly number: number; readonly listed?: ListedEvent | undefined }) {
  return <Panel what="event" {...props} title={(event) => <EventTitle event={event} />} body={EventBody} />;
}

function EventBody({ item: event }: { readonly item: ListedEvent }) {
  const here = place.use();
  const person = event.userId ?? event.anonymousId;
  return (
    <>
      <p class="panel-line row wrap">
        <OutcomeBadge outcome={event.outcome} /> <span class="muted">at</span> {titleOf(event.platform)}
        <CopyButton text={() => JSON.stringify(event, null, 2)} label="Copy as JSON" />
      </p>
      <Problems outcome={event.outcome} problems={event.problems} />
      {event.isCut && (
        <p class="problems neutral">
          The event was too large to be kept whole. Its properties are omitted, and long texts are cut.
        </p>
      )}
      <CodeBlock
        title="Properties"
        text={readableJson(event.properties)}
        copied={JSON.stringify(event.properties, null, 2)}
        isJson
      />
      <Members
        of={[
          ['Kind', event.kind],
          ['Time', event.time === null ? 'the time of arrival' : <Time at={event.time} isFull />],
          ['Received', <Time at={event.receivedAt} isFull />],
          ['User', idOf(event.userId)],
          ['Anonymous id', idOf(event.anonymousId)],
          ['Event id', idOf(event.id)],
          [
            'Request',
            <Link to={{ view: 'requests', platform: here.platform, request: event.request }}>
              Request {event.request}
            </Link>,
          ],
        ]}
      />
      {person !== null && <PersonOf event={event} person={person} />}
    </>
  );
}

/** All ids that the platform joined to the event's person, and a link to the person's events. */
function PersonOf({ event, person }: { readonly event: ListedEvent; readonly person: string }) {
  const { platform } = event;
  const { revision } = live.use();
  const { value } = useLatest<PeopleResponse>(`people${queryOf({ platform, search: person })}`, revision);
  const own = value?.people.find(({ ids }) => ids.includes(person));
  const others = (own?.ids ?? []).filter((id) => id !== event.userId && id !== event.anonymousId);
  return (
    <div>
      {others.length > 0 && (
        <p>
          <span class="muted">Also known as</span>{' '}
          {others.slice(0, 20).map((id) => (
            <span key={id} class="id-chip">
              <SentText text={id} />
            </span>
          ))}
          {others.length > 20 && <span class="muted">and {others.length - 20} more</span>}
        </p>
      )}
      <Link to={{ view: 'events', platform, person }}>All events of this person</Link>
    </div>
  );
}

function idOf(text: string | null) {
  if (text === null) return undefined;
  return (
    <code>
      <SentText text={text} />
    </code>
  );
}
