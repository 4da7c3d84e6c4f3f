import type { ListedRequest } from '../api/responses.js';
import { ANSWERS } from './words.js';

/** The status of the answer, and whether it was a scripted one. */
export function RequestStatus({
  request: { status, scripted, kept },
}: {
  readonly request: Pick<ListedRequest, 'status' | 'scripted' | 'kept'>;
}) {
  const kind = ANSWERS.find(([each]) => each === scripted)?.[1] ?? scripted;
  const isSuccess = status !== null && status < 300;
  const tone = isSuccess ? 'delivered' : 'rejected';
  return (
    <span>
      <span class={`badge mono ${kept ? tone : 'neutral'}`}>{status ?? 'no answer'}</span>
      {kind !== null && ' '}
      {kind !== null && (
        <span class="badge neutral" title="A scripted answer">
          {kind}
        </span>
      )}
    </span>
  );
}
