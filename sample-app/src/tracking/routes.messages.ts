export function unknownDestination(name: string, known: readonly string[]): string {
  return `There is no destination '${name}'. Nothing was started. Choose one or more of: ${known.join(', ')}.`;
}

export function missingVariables(name: string, missing: readonly string[]): string {
  return (
    `The credentials of '${name}' are incomplete, so nothing was started. ` +
    `Set ${missing.join(' and ')} too, or unset all its variables to send its events to the local collector.`
  );
}
