import type { JSX } from 'preact';

/** Paths in a square of 16. */
const PATHS = {
  delivered: 'M3.5 8.5 6.5 11.5 12.5 4.5',
  duplicate: 'M5.5 5.5V3.5h7v7h-2M3.5 5.5h7v7h-7z',
  rejected: 'M4 4 12 12M12 4 4 12',
  dropped: 'M8 2.5v8M4.5 7.5 8 11l3.5-3.5M3.5 13.5h9',
  search: 'M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9M10.5 10.5 14 14',
  close: 'M4 4 12 12M12 4 4 12',
  copy: 'M5.5 5.5V3.5h7v7h-2M3.5 5.5h7v7h-7z',
  done: 'M3.5 8.5 6.5 11.5 12.5 4.5',
  pause: 'M5.5 3.5v9M10.5 3.5v9',
  resume: 'M5 3.5v9l7-4.5z',
  light:
    'M8 5.2a2.8 2.8 0 1 1 0 5.6 2.8 2.8 0 0 1 0-5.6M8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1.1 1.1M11.9 11.9 13 13M3 13l1.1-1.1M11.9 4.1 13 3',
  dark: 'M13.5 9.5A6 6 0 0 1 6.5 2.5a6 6 0 1 0 7 7z',
  system: 'M8 2.5a5.5 5.5 0 1 1 0 11zM8 2.5a5.5 5.5 0 1 0 0 11',
  outage: 'M9 1.5 3.5 9H8l-1 5.5L12.5 7H8z',
} as const;

type IconName = keyof typeof PATHS;

/** Decorative: the text beside it says the same. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}

export function IconButton({
  icon,
  class: name = '',
  ...attributes
}: JSX.IntrinsicElements['button'] & { readonly icon: IconName; readonly class?: string }) {
  return (
    <button type="button" class={`button quiet icon-only ${name}`} {...attributes}>
      <Icon name={icon} />
    </button>
  );
}
