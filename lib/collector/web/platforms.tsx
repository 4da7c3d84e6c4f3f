import { useState } from 'preact/hooks';
import { counted } from '../../event/counted.js';
import type { PlatformCounts } from '../api/responses.js';
import { live, received } from './live.js';
import { OutageDialog } from './outage-dialog.js';
import { CodeBlock } from './parts/code-block.js';
import { CopyButton } from './parts/copy-button.js';
import { IconButton } from './parts/icon.js';
import { Table } from './parts/table.js';
import { InForce, PlatformCard } from './platform-card.js';

/** The option of a destination that takes the URL. */
const URL_OPTIONS: Readonly<Record<string, string>> = {
  rudderstack: 'dataPlaneUrl',
  jitsu: 'host',
  posthog: 'host',
  snowplow: 'collector',
  webhook: 'url',
};

/** A card for each platform that has received something, and the endpoints of the others. */
export function Platforms() {
  const { stats } = live.use();
  if (stats === undefined) return null;
  const isUsed = (counts: PlatformCounts): boolean =>
    counts.requests > 0 ||
    received(counts) > 0 ||
    stats.answers.some(({ platform }) => platform === counts.platform);
  const used = stats.platforms.filter(isUsed);
  const quiet = stats.platforms.filter((counts) => !isUsed(counts));
  return (
    <section class="platforms stack" aria-labelledby="platforms">
      <h2 id="platforms" class="off-screen">
        Platforms
      </h2>
      <InForce title="every platform" />
      {used.length === 0 ? (
        <FirstEvent platforms={quiet} />
      ) : (
        <>
          <ul class="cards">
            {used.map((counts) => (
              <PlatformCard key={counts.platform} counts={counts} />
            ))}
          </ul>
          <QuietPlatforms platforms={quiet} />
        </>
      )}
    </section>
  );
}

/** Before the first event: the option to set in the application. */
function FirstEvent({ platforms }: { readonly platforms: readonly PlatformCounts[] }) {
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

/** The platforms that have received nothing yet, with the option to set in the application. */
function QuietPlatforms({ platforms }: { readonly platforms: readonly PlatformCounts[] }) {
  if (platforms.length === 0) return null;
  const count = counted(platforms.length, 'more platform has', 'more platforms have');
  return (
    <details>
      <summary>{count} received nothing yet</summary>
      <Endpoints platforms={platforms} />
    </details>
  );
}

function Endpoints({ platforms }: { readonly platforms: readonly PlatformCounts[] }) {
  const [choosing, setChoosing] = useState<PlatformCounts | undefined>();
  return (
    <>
      <Table
        caption="Endpoints of the platforms"
        class="surface"
        rows={platforms}
        keyOf={({ platform }) => platform}
        columns={[
          { head: 'Platform', cell: ({ title }) => title },
          {
            head: 'Option of its destination',
            class: 'very-wide',
            cell: ({ platform }) => <code>{optionOf(platform)}</code>,
          },
          {
            head: 'Actions',
            class: 'actions',
            cell: ({ platform, title }) => (
              <>
                <CopyButton text={() => optionOf(platform)} name={`Copy the option for ${title}`} />
                <IconButton
                  icon="outage"
                  aria-label={`Outage of ${title}`}
                  title="Outage…"
                  onClick={() => setChoosing(platforms.find((each) => each.platform === platform))}
                />
              </>
            ),
          },
        ]}
      />
      {choosing !== undefined && <OutageDialog {...choosing} onClose={() => setChoosing(undefined)} />}
    </>
  );
}

function optionOf(platform: string): string {
  return `${URL_OPTIONS[platform] ?? 'endpoint'}: '${location.origin}/${platform}'`;
}
