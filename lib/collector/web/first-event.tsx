import { useState } from 'preact/hooks';
import type { PlatformCounts } from '../api/responses.js';
import { CodeBlock } from './parts/code-block.js';
import { Endpoints, optionOf } from './quiet-platforms.js';

/** Before the first event: the option to set in the application. */
export function FirstEvent({ platforms }: { readonly platforms: readonly PlatformCounts[] }) {
  const [chosen, setChosen] = useState(platforms[0]?.platform ?? '');
  const platform = platforms.some((each) => each.platform === chosen)
    ? chosen
    : (platforms[0]?.platform ?? '');
  return (
    <div class="first-event surface stack">
      <p class="first-title">Ready for the first event</p>
      <p class="muted">
        The collector stands in for every platform on this computer. Point a destination of your Nest
        application at it, and use the application: each event appears here within a second. No account is
        needed.
      </p>
      <label class="row">
        <span>Destination</span>
        <select value={platform} onChange={(event) => setChosen(event.currentTarget.value)}>
          {platforms.map((each) => (
            <option key={each.platform} value={each.platform}>
              {each.title}
            </option>
          ))}
        </select>
      </label>
      <CodeBlock
        title="In your Nest application"
        text={`${platform}({\n  // …your options, and:\n  ${optionOf(platform)},\n})`}
        copied={`${optionOf(platform)},`}
      />
      <details>
        <summary>The endpoints of all {platforms.length} platforms</summary>
        <Endpoints platforms={platforms} />
      </details>
    </div>
  );
}
