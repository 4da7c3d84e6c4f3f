import { render } from 'preact';
import { NamesView, PeopleView } from './counts-views.js';
import { EventsView } from './events-view.js';
import { Filters } from './filters.js';
import { Header } from './header.js';
import { live, startPolling } from './live.js';
import { OutcomeBadge } from './parts/badges.js';
import { CopyButton } from './parts/copy-button.js';
import { Members } from './parts/panel.js';
import { Time } from './parts/time.js';
import { OUTCOMES, place, type View } from './place.js';
import { Platforms } from './platforms.js';
import { RequestsView } from './requests-view.js';
import { FAILED_REQUEST_MEANS, OUTCOME_MEANS } from './words.js';

const VIEWS: Readonly<Record<View, () => preact.JSX.Element | null>> = {
  events: EventsView,
  names: NamesView,
  people: PeopleView,
  requests: RequestsView,
};

function Page() {
  const { view, event, request } = place.use();
  const { stats } = live.use();
  const Shown = VIEWS[view];
  const isEmpty = stats?.platforms.every(({ requests }) => requests === 0) ?? true;
  const isOpen = event !== undefined || request !== undefined;
  return (
    <>
      <Header />
      <main class={`stack ${isOpen ? 'is-reading' : ''}`}>
        <DownNotice />
        <Platforms />
        {!isEmpty && (
          <section class="lists stack" aria-label="What arrived">
            <Filters />
            <Shown key={view} />
          </section>
        )}
        <Glossary />
      </main>
    </>
  );
}

function DownNotice() {
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
        Start it: <code>{command}</code> <CopyButton text={() => command} name="Copy the command" />
      </p>
    </section>
  );
}

function Glossary() {
  return (
    <footer class="footer row wrap muted">
      <details>
        <summary>What the words mean</summary>
        <Members
          of={[
            ...OUTCOMES.map((each) => [<OutcomeBadge outcome={each} />, OUTCOME_MEANS[each]] as const),
            [<span class="badge neutral">failed request</span>, FAILED_REQUEST_MEANS],
          ]}
        />
      </details>
      <p class="keys">
        <kbd>/</kbd> search <kbd>↑</kbd> <kbd>↓</kbd> move <kbd>Enter</kbd> open <kbd>Esc</kbd> close
      </p>
    </footer>
  );
}

document.title = `Collector · ${location.host}`;
render(<Page />, document.body);
startPolling();
