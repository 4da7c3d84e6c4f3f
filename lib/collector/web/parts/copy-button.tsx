import { useEffect, useState } from 'preact/hooks';
import { Icon } from './icon.js';

const SHOWN_MS = 1_500;

/** Copies a text and confirms it. `text` is called on click only, because it may be expensive. */
export function CopyButton({
  text,
  label = 'Copy',
  name = label,
}: {
  readonly text: () => string;
  readonly label?: string;
  /** For screen readers, where several buttons have one label. */
  readonly name?: string;
}) {
  const [state, setState] = useState<'Copied' | 'Not copied' | undefined>();
  useEffect(() => {
    if (state === undefined) return undefined;
    const timer = setTimeout(() => setState(undefined), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [state]);
  const copyNow = async (): Promise<void> => setState((await copy(text())) ? 'Copied' : 'Not copied');
  return (
    <button type="button" class="button quiet" aria-label={name} onClick={() => void copyNow()}>
      <Icon name={state === 'Copied' ? 'done' : 'copy'} />
      <span aria-live="polite">{state ?? label}</span>
    </button>
  );
}

/** Browsers offer their clipboard to loopback and HTTPS only; elsewhere `execCommand` works. */
async function copy(text: string): Promise<boolean> {
  const { clipboard } = navigator as Partial<Navigator>;
  const isCopied = await clipboard?.writeText(text).then(
    () => true,
    () => false, // the browser denies it
  );
  return isCopied === true || copyByCommand(text);
}

function copyByCommand(text: string): boolean {
  const field = document.createElement('textarea');
  field.value = text;
  field.className = 'off-screen';
  (document.querySelector('dialog[open]') ?? document.body).append(field);
  field.select();
  const isCopied = document.execCommand('copy');
  field.remove();
  return isCopied;
}
