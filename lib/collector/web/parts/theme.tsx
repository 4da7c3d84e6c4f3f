import { createStore } from '../store.js';
import { IconButton } from './icon.js';

const THEMES = ['system', 'light', 'dark'] as const;
type Theme = (typeof THEMES)[number];

const theme = createStore<Theme>(stored());
show(theme.get());

/** Switches between the system's colours, light and dark. The browser remembers it. */
export function ThemeButton() {
  const current = theme.use();
  const next = THEMES[(THEMES.indexOf(current) + 1) % THEMES.length]!;
  return (
    <IconButton
      icon={current}
      aria-label={`Colours: ${current}. Switch to ${next}.`}
      title={`Colours: ${current}`}
      onClick={() => {
        show(next);
        theme.set(next);
      }}
    />
  );
}

function show(value: Theme): void {
  document.documentElement.dataset['theme'] = value;
  withStorage((storage) => storage.setItem('theme', value));
}

function stored(): Theme {
  const text = withStorage((storage) => storage.getItem('theme'));
  return THEMES.find((each) => each === text) ?? 'system';
}

/** A browser may refuse its storage: then the theme lasts as long as the page. */
function withStorage<T>(use: (storage: Storage) => T): T | undefined {
  try {
    return use(localStorage);
  } catch (error) {
    if (error instanceof DOMException) return undefined;
    throw error;
  }
}
