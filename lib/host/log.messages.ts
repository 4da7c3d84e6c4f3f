/** What a log line says about omitted lines of its kind. */
export const logMessages = {
  leftOut: (count: number): string =>
    `${count} similar ${count === 1 ? 'line was' : 'lines were'} omitted since the last one.`,
  budgetSpent: (): string => 'Further lines of this kind are omitted for a minute.',
};
