export const logMessages = {
  leftOut: (count: number): string =>
    `${count} similar ${count === 1 ? 'line was' : 'lines were'} omitted since the last one.`,
  internalError: (name: string, doing: string): string =>
    `Unexpected ${name} while ${doing}. The application is not affected, and stats() accounts for every event. ` +
    'Report this error with its stack.',
  budgetSpent: (): string => 'Further lines of this kind are omitted for a minute.',
};
