import { OUTCOMES } from './place.js';
import { FAILED_REQUEST_MEANS, OUTCOME_MEANS } from './words.js';
import { OutcomeBadge } from './parts/badges.js';

/** The words of the page, for a newcomer. */
export function Glossary() {
  return (
    <footer class="footer row">
      <details>
        <summary>What the words mean</summary>
        <dl class="members">
          {OUTCOMES.map((outcome) => (
            <div key={outcome}>
              <dt>
                <OutcomeBadge outcome={outcome} />
              </dt>
              <dd>{OUTCOME_MEANS[outcome]}</dd>
            </div>
          ))}
          <div>
            <dt>
              <span class="badge neutral">failed request</span>
            </dt>
            <dd>{FAILED_REQUEST_MEANS}</dd>
          </div>
        </dl>
      </details>
      <p class="keys">
        <kbd>/</kbd> search <kbd>↑</kbd> <kbd>↓</kbd> move <kbd>Enter</kbd> open <kbd>Esc</kbd> close
      </p>
    </footer>
  );
}
