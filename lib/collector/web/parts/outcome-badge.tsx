import type { ReceivedOutcome } from '../../api/responses.js';
import { OUTCOME_MEANS } from '../words.js';
import { Icon } from './icon.js';

/** An outcome by shape, colour and word. */
export function OutcomeBadge({ outcome }: { readonly outcome: ReceivedOutcome }) {
  return (
    <span class={`badge ${outcome}`} title={OUTCOME_MEANS[outcome]}>
      <Icon name={outcome} />
      <span class="badge-word">{outcome}</span>
    </span>
  );
}
