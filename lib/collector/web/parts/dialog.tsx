import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { refresh } from '../live.js';

/** A modal dialog for one change of the collector. It closes when the change is made, and else shows why it is not. */
export function Dialog({
  title,
  action,
  isDanger = false,
  failure,
  run,
  onClose,
  children,
}: {
  readonly title: string;
  readonly action: string;
  readonly isDanger?: boolean;
  /** The first part of the sentence about an error. */
  readonly failure: string;
  readonly run: () => Promise<void>;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}) {
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  const [error, setError] = useState('');
  useEffect(() => {
    const shown = dialog.current;
    shown?.showModal();
    return () => shown?.close();
  }, []);
  const confirm = async (): Promise<void> => {
    try {
      await run();
      await refresh();
      onClose();
    } catch (cause) {
      setError(`${failure}: ${(cause as Error).message}`);
    }
  };
  return (
    <dialog
      class="surface"
      ref={dialog}
      aria-labelledby={id}
      onClose={onClose}
      onClick={({ target, currentTarget }) => target === currentTarget && currentTarget.close()}
    >
      <div class="stack">
        <h2 id={id}>{title}</h2>
        {children}
        {error !== '' && <p role="alert">{error}</p>}
        <div class="dialog-buttons row">
          <button type="button" class="button" onClick={onClose}>
            Cancel
          </button>
          <button
            type="button"
            class={`button ${isDanger ? 'danger' : 'primary'}`}
            onClick={() => void confirm()}
          >
            {action}
          </button>
        </div>
      </div>
    </dialog>
  );
}
