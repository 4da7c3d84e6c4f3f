import type { ComponentChildren } from 'preact';

export interface Column<T> {
  readonly head: string;
  /** Class of its cells; a narrow table hides `wide`, and on a phone also `very-wide`. `number` aligns to the right. */
  readonly class?: string;
  readonly cell: (row: T) => ComponentChildren;
}

/** A table whose first column names the row. Up and down move between the rows' links. */
export function Table<T>({
  caption,
  class: name = '',
  columns,
  rows,
  keyOf,
  isOpen,
}: {
  readonly caption: string;
  readonly class?: string;
  readonly columns: readonly Column<T>[];
  readonly rows: readonly T[];
  readonly keyOf: (row: T) => string | number;
  readonly isOpen?: (row: T) => boolean;
}) {
  return (
    <div class={`table ${name}`} onKeyDown={moveByArrow}>
      <table>
        <caption class="off-screen">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.head} scope="col" class={column.class}>
                {column.head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)} class={isOpen?.(row) === true ? 'is-open' : undefined}>
              {columns.map(({ head, class: of, cell }, index) => {
                const Cell = index === 0 ? 'th' : 'td';
                return (
                  <Cell key={head} scope={index === 0 ? 'row' : undefined} class={of}>
                    {cell(row)}
                  </Cell>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const STEPS: Readonly<Partial<Record<string, number>>> = { ArrowDown: 1, ArrowUp: -1 };

function moveByArrow(event: KeyboardEvent): void {
  const step = STEPS[event.key];
  const link = document.activeElement;
  if (step === undefined || !link?.classList.contains('row-link')) return;
  const links = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>('.row-link')];
  const next = links[links.indexOf(link as HTMLElement) + step];
  if (next === undefined) return;
  event.preventDefault();
  next.focus();
}
