export const logMessages = {
  leftOut: (count: number): string => {
    const lines = count === 1 ? 'line was' : 'lines were';
    return `${count} similar ${lines} omitted since the last one.`;
  },
  internalError: (name: string, doing: string): string =>
    `Unexpected ${name} while ${doing}. The application continues. Events may be delayed or sent again; at an exit, those that are not on disk may be lost. ` +
    'Report this error with its stack.',
  budgetSpent: (): string => 'Further lines of this kind are omitted for a minute.',
};
