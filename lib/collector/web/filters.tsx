import { useEffect, useRef } from 'preact/hooks';
import { live, titleOf } from './live.js';
import { Link } from './link.js';
import { Icon } from './parts/icon.js';
import { SentText } from './parts/sent-text.js';
import { goWith, place, type Place, type View } from './place.js';

const TABS: Readonly<Record<View, string>> = {
  events: 'Events',
  names: 'Names',
  people: 'People',
  requests: 'Requests',
};
const DELAY_MS = 200;

export function Filters() {
  const here = place.use();
  return (
    <div class="filters row wrap">
      <nav class="tabs row" aria-label="Views">
        {(Object.keys(TABS) as View[]).map((view) => (
          <Link key={view} to={viewOf(here, view)} current={here.view === view}>
            {TABS[view]}
          </Link>
        ))}
      </nav>
      <Search />
      <Chips />
    </div>
  );
}

/** Another view keeps those filters that it has. */
function viewOf({ platform, search, ...rest }: Place, view: View): Place {
  if (view === 'events') return { ...rest, platform, search, view, event: undefined, request: undefined };
  return { view, platform, search };
}

function Search() {
  const { search = '', view } = place.use();
  const input = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => {
    const focus = (event: KeyboardEvent): void => {
      if (event.key !== '/' || event.ctrlKey || event.metaKey || isTyping(event.target)) return;
      event.preventDefault();
      input.current?.focus();
    };
    addEventListener('keydown', focus);
    return () => removeEventListener('keydown', focus);
  }, []);
  // The URL sets the text, unless the reader is typing.
  useEffect(() => {
    if (input.current !== null && input.current !== document.activeElement) input.current.value = search;
  }, [search]);
  const apply = (text: string): void => {
    clearTimeout(timer.current);
    timer.current = setTimeout(
      () => goWith({ search: text === '' ? undefined : text }, { replace: true }),
      DELAY_MS,
    );
  };
  return (
    <div class="search muted" role="search">
      <Icon name="search" />
      <input
        ref={input}
        type="search"
        aria-label={`Search ${TABS[view].toLowerCase()}`}
        placeholder={`Search ${TABS[view].toLowerCase()}`}
        defaultValue={search}
        autocomplete="off"
        spellcheck={false}
        onInput={(event) => apply(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          event.stopPropagation();
          event.currentTarget.value = '';
          apply('');
          event.currentTarget.blur();
        }}
      />
      <kbd aria-hidden="true">/</kbd>
    </div>
  );
}

function Chips() {
  const here = place.use();
  const { platform, kind, name, person } = here;
  live.use(); // the titles come with the first counts
  const title = platform && titleOf(platform);
  const chips = [
    ['platform', 'Platform', title],
    ['kind', 'Kind', kind],
    ['name', 'Name', name],
    ['person', 'Person', person],
  ] as const;
  if (chips.every(([, , value]) => value === undefined)) return null;
  return (
    <ul class="chips row wrap" aria-label="Filters in force">
      {chips.map(
        ([key, label, value]) =>
          value !== undefined && (
            <li key={key}>
              <button
                type="button"
                class="button round"
                title="Remove this filter"
                onClick={() => goWith({ [key]: undefined, event: undefined })}
              >
                <span class="muted">{label}</span> <SentText text={value === '' ? '(empty)' : value} />
                <span class="off-screen">: remove this filter</span>
                <Icon name="close" />
              </button>
            </li>
          ),
      )}
    </ul>
  );
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement
    ? !['radio', 'checkbox'].includes(target.type)
    : target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}
