import { render } from 'preact';
import { DownNotice } from './down-notice.js';
import { EventsView } from './events-view.js';
import { Filters } from './filters.js';
import { Glossary } from './glossary.js';
import { Header } from './header.js';
import { live, startPolling } from './live.js';
import { NamesView } from './names-view.js';
import { PeopleView } from './people-view.js';
import { place, type View } from './place.js';
import { Platforms } from './platforms.js';
import { RequestsView } from './requests-view.js';

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

document.title = `Collector · ${location.host}`;
render(<Page />, document.body);
startPolling();
