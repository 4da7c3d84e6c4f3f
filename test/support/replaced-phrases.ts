/** Phrases that have a plain word or the standard term in their place, with what to write instead. Texts for users have none of them. */
const REPLACED: readonly (readonly [phrase: RegExp, instead: string])[] = [
  [/nothing to do\b/i, 'No action needed.'],
  [/\bsee(?:s|n)? to (?:it|its|the|that)\b/i, 'Check …'],
  [/\bmend(?:s|ed|ing)?\b/i, 'fix'],
  [/\btakes? nothing\b/i, 'is rejecting writes'],
  [/\bwhat (?:still )?waits\b/i, 'pending events'],
  [/\bsaid once\b|\btold of once\b/i, 'Logged once; `stats()` has the total.'],
  [/\bfor good\b/i, 'finally; permanently'],
  [/\bby (?:itself|themselves)\b(?= again)|\bcomes? back by itself\b/i, 'recovers automatically'],
  [/\bbelongs? into\b/i, 'belongs in'],
  [/\bof another key\b/i, 'with other credentials'],
  [/\bwhat (?:became|becomes) of\b/i, 'the outcome of'],
  [/\bwhat stands between\b/i, 'the network path'],
  [/\bas it should\b/i, 'is failing'],
  [/\b(?:who|whom) it is of\b/i, 'its owner'],
  [/\b(?:goes|going|went) on\b/i, 'continues'],
  [/\bshares? (?:its|their) fate\b/i, 'is recorded or dropped with it'],
  [/\bwitness(?:es)?\b/i, 'observer'],
  [/\blooks? on at\b/i, 'observes'],
  [/\bgives? (?:it|them) up for good\b/i, 'keeps it as a dead letter'],
  [/\b(?:is|are) told of\b/i, 'is reported'],
  [/\bhas its turn\b/i, 'uses up its position'],
];

/** The places where a text breaks a rule, each with the replacement. */
export function replacedIn(name: string, text: string): string[] {
  const flat = text.replaceAll(/\s*\n[ \t]*(?:\*(?!\/)[ \t]?|> ?)?/g, ' ');
  return REPLACED.flatMap(([phrase, instead]) => {
    const found = phrase.exec(flat);
    return found === null ? [] : [`${name}: '${found[0]}': ${instead}`];
  });
}
