import type { ReceivedOutcome } from '../api/responses.js';
import { OUTCOME_MEANS } from './words.js';

/** The rules that an event or a request breaks, and the meaning of its outcome. */
export function Problems({
  outcome,
  problems,
}: {
  readonly outcome?: ReceivedOutcome;
  readonly problems: readonly string[];
}) {
  if (problems.length === 0 && (outcome === undefined || outcome === 'delivered')) return null;
  return (
    <div class={`problems ${outcome ?? 'rejected'}`}>
      {outcome !== undefined && <p>{OUTCOME_MEANS[outcome]}</p>}
      {problems.length > 0 && (
        <ul>
          {problems.map((problem) => (
            <li key={problem}>{problem}</li>
          ))}
        </ul>
      )}
    </div>
  );
}
