import { live } from './live.js';
import { Time } from './parts/time.js';
import { CopyButton } from './parts/copy-button.js';

/** Shown while the collector does not answer. */
export function DownNotice() {
  const { state, downSince } = live.use();
  if (state !== 'down') return null;
  const port = location.port === '4100' ? '' : ` --port ${location.port}`;
  const command = `npx nestjs-tracking collector${port}`;
  return (
    <section class="notice stack rejected" role="alert">
      <h2>The collector is not running</h2>
      <p>
        It has not answered since {downSince !== undefined && <Time at={downSince} />}. Your application
        retries the events that it cannot deliver. A new collector starts with empty lists, and this page
        reconnects automatically.
      </p>
      <p class="row wrap">
        Start it: <code>{command}</code>{' '}
        <CopyButton text={() => command} label="Copy" name="Copy the command" />
      </p>
    </section>
  );
}
