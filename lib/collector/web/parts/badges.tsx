import type { ListedRequest, NameCounts, ReceivedOutcome } from '../../api/responses.js';
import { ANSWERS, OUTCOME_MEANS } from '../words.js';
import { Icon } from './icon.js';
import { SentText } from './sent-text.js';

/** An outcome by shape, colour and word. */
export function OutcomeBadge({ outcome }: { readonly outcome: ReceivedOutcome }) {
  return (
    <span class={`badge ${outcome}`} title={OUTCOME_MEANS[outcome]}>
      <Icon name={outcome} />
      <span class="badge-word">{outcome}</span>
    </span>
  );
}

/** The name, and the kind of calls other than `track`. */
export function EventTitle({ event: { kind, name } }: { readonly event: Pick<NameCounts, 'kind' | 'name'> }) {
  return (
    <>
      {kind !== 'track' && <span class="badge neutral">{kind}</span>}{' '}
      {name === null && <span class="muted">other names</span>}
      {name === '' && kind === 'track' && <span class="muted">without a name</span>}
      {name !== null && name !== '' && <SentText text={name} />}
    </>
  );
}

/** The status of the answer, and whether it was a scripted one. */
export function RequestStatus({
  request: { status, scripted, kept },
}: {
  readonly request: Pick<ListedRequest, 'status' | 'scripted' | 'kept'>;
}) {
  const kind = ANSWERS.find(([each]) => each === scripted)?.[1] ?? scripted;
  const tone = status !== null && status < 300 ? 'delivered' : 'rejected';
  return (
    <span>
      <span class={`badge mono ${kept ? tone : 'neutral'}`}>{status ?? 'no answer'}</span>{' '}
      {kind !== null && (
        <span class="badge neutral" title="A scripted answer">
          {kind}
        </span>
      )}
    </span>
  );
}
