const MAX_CHARACTERS = 1_024;

/**
 * What is kept of a platform's answer beside a dead letter: status and text, cut to 1 KB, with every secret of the
 * destination struck out, because some platforms echo what they were sent.
 */
export function cleanAnswer(status: number, body: string, secrets: readonly string[]): string {
  let text = body;
  // The longest first: what is left of a secret once another one was struck out of it is still a part of a secret.
  for (const secret of secrets.toSorted((a, b) => b.length - a.length)) {
    if (secret === '') continue;
    text = text.replaceAll(secret, '***');
  }
  return `${status} ${text}`.trimEnd().slice(0, MAX_CHARACTERS);
}
