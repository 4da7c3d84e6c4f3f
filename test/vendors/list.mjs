/** Writes the deliberate differences as Markdown, a table for each platform. */
import { nothing } from './differences.mjs';
import { PLATFORMS } from './platforms.mjs';

for (const platform of Object.values(PLATFORMS)) {
  console.log(`## ${platform.name}: ${platform.sdk}\n`);
  console.log('| field | SDK | nestjs-tracking | calls | reason |\n| --- | --- | --- | --- | --- |');
  for (const entry of platform.differences) {
    const sides = ['theirs', 'ours'].map((side) => (side in entry ? show(entry[side]) : 'its own'));
    const cells = [`\`${entry.at}\``, ...sides, entry.calls?.join('; ') ?? 'all that have it', entry.reason];
    console.log(`| ${cells.map((cell) => cell.replaceAll('|', String.raw`\|`)).join(' | ')} |`);
  }
  console.log();
}

function show(value) {
  if (value === nothing) return '-';
  if (typeof value === 'function')
    return value.name.replaceAll(/(?<=[a-z])(?=[A-Z0-9])|(?<=\d)(?=[A-Z])/g, ' ').toLowerCase();
  return `\`${value instanceof RegExp ? value : JSON.stringify(value)}\``;
}
