import { useState } from 'preact/hooks';
import { counted } from '../../event/counted.js';
import type { PlatformCounts } from '../api/responses.js';
import { OutageDialog } from './outage-dialog.js';
import { CopyButton } from './parts/copy-button.js';
import { Icon } from './parts/icon.js';
import { Table } from './parts/table.js';
import { urlOption } from './words.js';

/** The platforms that have received nothing yet, with the option to set in the application. */
export function QuietPlatforms({ platforms }: { readonly platforms: readonly PlatformCounts[] }) {
  if (platforms.length === 0) return null;
  const count = counted(platforms.length, 'more platform has', 'more platforms have');
  return (
    <details>
      <summary>{count} received nothing yet</summary>
      <Endpoints platforms={platforms} />
    </details>
  );
}

/** The URL of each platform, and the option that takes it. */
export function Endpoints({ platforms }: { readonly platforms: readonly PlatformCounts[] }) {
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
                <CopyButton
                  text={() => optionOf(platform)}
                  label="Copy"
                  name={`Copy the option for ${title}`}
                />
                <button
                  type="button"
                  class="button quiet icon-only"
                  aria-label={`Outage of ${title}`}
                  title="Outage…"
                  onClick={() => setChoosing(platforms.find((each) => each.platform === platform))}
                >
                  <Icon name="outage" />
                </button>
              </>
            ),
          },
        ]}
      />
      {choosing !== undefined && <OutageDialog {...choosing} onClose={() => setChoosing(undefined)} />}
    </>
  );
}

export function optionOf(platform: string): string {
  return `${urlOption(platform)}: '${location.origin}/${platform}'`;
}
