import { parsedJson } from '../../event/json-values.js';
import type { RequestResponse } from '../api/responses.js';
import { Link } from './link.js';
import { titleOf } from './live.js';
import { EventTitle, OutcomeBadge, RequestStatus } from './parts/badges.js';
import { CodeBlock } from './parts/code-block.js';
import { CopyButton } from './parts/copy-button.js';
import { Members, Panel, Problems } from './parts/panel.js';
import { readableJson, SentText, visibleLines } from './parts/sent-text.js';
import { Time } from './parts/time.js';
import { FAILED_REQUEST_MEANS } from './words.js';

const EVENTS_SHOWN = 50;
/** Headers that curl sets itself, or that belong to the connection. */
const LEFT_OUT =
  /^(?:host|connection|content-length|content-encoding|transfer-encoding|accept-encoding|keep-alive|expect)$/i;
const HIDDEN = '[hidden]';

export function RequestPanel({ number }: { readonly number: number }) {
  return <Panel what="request" number={number} body={RequestBody} />;
}

function RequestBody({ item: { request, events } }: { readonly item: RequestResponse }) {
  const { method, url, headers, body, answer, platform, receivedAt, kept, problems, isCut } = request;
  const sent = readableBody(body);
  const answered = readableBody(answer);
  const headerLines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return (
    <>
      <p class="panel-line row wrap">
        <RequestStatus request={request} />
        <CopyButton text={() => JSON.stringify({ request, events }, null, 2)} label="Copy as JSON" />
        <CopyButton text={() => asCurl(request)} label="Copy as curl" />
      </p>
      {!kept && <p class="problems neutral">{FAILED_REQUEST_MEANS}</p>}
      <Problems problems={problems} />
      {isCut && (
        <p class="problems neutral">
          The request was too large to be kept whole. Its body or its answer is cut.
        </p>
      )}
      <Members
        of={[
          ['Platform', titleOf(platform)],
          ['Received', <Time at={receivedAt} isFull />],
          [
            'URL',
            <code>
              {method} <SentText text={url} />
            </code>,
          ],
          ['Events', request.events],
        ]}
      />
      {events.length > 0 && (
        <ul class="request-events">
          {events.slice(0, EVENTS_SHOWN).map((event) => (
            <li key={event.number} class="row">
              <Link to={{ view: 'events', event: event.number }}>
                <EventTitle event={event} />
              </Link>
              <OutcomeBadge outcome={event.outcome} />
            </li>
          ))}
          {events.length > EVENTS_SHOWN && <li class="muted">and {events.length - EVENTS_SHOWN} more</li>}
        </ul>
      )}
      <CodeBlock title="Headers" text={headerLines.join('\n')} />
      {body !== '' && <CodeBlock title="Body" text={sent.text} copied={body} isJson={sent.isJson} />}
      {answer === '' ? (
        <p class="muted">The answer has no body.</p>
      ) : (
        <CodeBlock title="Answer" text={answered.text} copied={answer} isJson={answered.isJson} />
      )}
    </>
  );
}

/** A body for reading: JSON in lines, a form as its fields, everything else as it came. */
function readableBody(body: string): { readonly text: string; readonly isJson: boolean } {
  const json = parsed(body);
  if (json !== undefined) return { text: readableJson(json), isJson: true };
  if (/^[\w.~%[\]-]+=[^\s]*$/.test(body)) {
    const fields = [...new URLSearchParams(body)].map(([name, value]) => {
      const inner = parsed(value);
      const shown = inner === undefined ? value : readableJson(inner);
      return `${name} = ${shown}`;
    });
    return { text: visibleLines(fields.join('\n')), isJson: false };
  }
  return { text: visibleLines(body), isJson: false };
}

/** Objects and lists only: a number or a word is no JSON to a reader. */
function parsed(text: string): unknown {
  return /^\s*[[{]/.test(text) ? parsedJson(text) : undefined;
}

/** The request as a command for a shell, without credentials. */
function asCurl({ method, url, headers, body }: RequestResponse['request']): string {
  const parts = [`curl -X ${quote(method)} ${quote(`${location.origin}${url}`)}`];
  for (const [name, value] of Object.entries(headers)) {
    if (!LEFT_OUT.test(name) && value !== HIDDEN) parts.push(`-H ${quote(`${name}: ${value}`)}`);
  }
  if (body !== '') parts.push(`--data-binary ${quote(body)}`);
  return parts.join(' \\\n  ');
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
