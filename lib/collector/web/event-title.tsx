import type { NameCounts } from '../api/responses.js';
import { SentText } from './parts/sent-text.js';

/** The name, and the kind of calls other than `track`. */
export function EventTitle({ event: { kind, name } }: { readonly event: Pick<NameCounts, 'kind' | 'name'> }) {
  return (
    <>
      {kind !== 'track' && <span class="badge neutral">{kind}</span>}{' '}
      {name === null ? (
        <span class="muted">other names</span>
      ) : name !== '' ? (
        <SentText text={name} />
      ) : (
        kind === 'track' && <span class="muted">without a name</span>
      )}
    </>
  );
}
