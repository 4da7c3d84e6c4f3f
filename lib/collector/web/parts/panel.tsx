import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Icon } from './icon.js';

/** One item beside its list; on a phone in place of the list. Escape closes it, and the focus goes back to its row. */
export function Panel({
  id,
  title,
  onClose,
  children,
}: {
  /** Another id is another item: it starts at its top. */
  readonly id: string;
  readonly title: ComponentChildren;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}) {
  const panel = useRef<HTMLElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    const top = scrollY;
    return () => {
      scrollTo({ top });
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
    };
  }, []);
  useEffect(() => {
    panel.current?.scrollTo({ top: 0 });
    panel.current?.focus({ preventScroll: true });
    if (matchMedia('(max-width: 60rem)').matches) scrollTo({ top: 0 });
  }, [id]);
  useEffect(() => {
    const closeOnEscape = (event: KeyboardEvent): void => {
      if (event.key === 'Escape' && document.querySelector('dialog[open]') === null) onClose();
    };
    addEventListener('keydown', closeOnEscape);
    return () => removeEventListener('keydown', closeOnEscape);
  }, [onClose]);
  return (
    <section class="panel" ref={panel} tabIndex={-1} aria-labelledby="panel-title">
      <header class="panel-head">
        <h2 id="panel-title">{title}</h2>
        <button
          type="button"
          class="button quiet icon-only"
          aria-label="Close"
          title="Close (Esc)"
          onClick={onClose}
        >
          <Icon name="close" />
        </button>
      </header>
      {children}
    </section>
  );
}
