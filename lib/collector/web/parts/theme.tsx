import { createStore } from '../store.js';
import { Icon } from './icon.js';

const THEMES = ['system', 'light', 'dark'] as const;
type Theme = (typeof THEMES)[number];

const theme = createStore<Theme>(stored());
show(theme.get());

/** Switches between the system's colours, light and dark. The browser remembers it. */
export function ThemeButton() {
  const current = theme.use();
  const next = THEMES[(THEMES.indexOf(current) + 1) % THEMES.length]!;
  return (
    <button
      type="button"
      class="button quiet icon-only"
      aria-label={`Colours: ${current}. Switch to ${next}.`}
      title={`Colours: ${current}`}
      onClick={() => {
        show(next);
        theme.set(next);
      }}
    >
      <Icon name={current} />
    </button>
  );
}

function show(value: Theme): void {
  document.documentElement.dataset['theme'] = value;
  try {
    localStorage.setItem('theme', value);
  } catch {
    // A browser without storage asks the system each time.
  }
}

function stored(): Theme {
  try {
    return THEMES.find((each) => each === localStorage.getItem('theme')) ?? 'system';
  } catch {
    return 'system';
  }
}
