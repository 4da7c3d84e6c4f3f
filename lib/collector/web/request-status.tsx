import type { ListedRequest } from '../api/responses.js';
import { ANSWERS } from './words.js';

/** The status of the answer, and whether it was a scripted one. */
export function RequestStatus({
  request: { status, scripted, kept },
}: {
  readonly request: Pick<ListedRequest, 'status' | 'scripted' | 'kept'>;
}) {
  const kind = ANSWERS.find(([each]) => each === scripted)?.[1] ?? scripted;
  const tone = !kept ? 'failed' : status !== null && status < 300 ? 'ok' : 'bad';
  return (
    <span class="request-status">
      <span class={`status ${tone}`}>{status ?? 'no answer'}</span>
      {kind !== null && (
        <span class="kind" title="A scripted answer">
          {kind}
        </span>
      )}
    </span>
  );
}
