import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

/** One of a few choices, as radio buttons: arrow keys move between them. */
export function Segmented<T>({
  legend,
  choices,
  value,
  onChange,
}: {
  readonly legend: string;
  readonly choices: readonly { value: T; label: ComponentChildren; title?: string }[];
  readonly value: T;
  readonly onChange: (value: T) => void;
}) {
  const name = useId();
  return (
    <fieldset class="segmented">
      <legend class="off-screen">{legend}</legend>
      {choices.map((choice) => (
        <label key={String(choice.value)} title={choice.title}>
          <input
            type="radio"
            name={name}
            checked={choice.value === value}
            onChange={() => onChange(choice.value)}
          />
          <span>{choice.label}</span>
        </label>
      ))}
    </fieldset>
  );
}
