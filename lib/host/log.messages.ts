/** What a line says of others of its kind. */
export const logMessages = {
  leftOut: (count: number): string => `${count} more like it were left out since the last one.`,
  budgetSpent: (): string => 'Further lines of this kind are left out for a minute.',
};
