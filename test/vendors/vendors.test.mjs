import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compare } from './compare.mjs';
import { unexplained } from './differences.mjs';
import { PLATFORMS } from './platforms.mjs';

for (const [name, platform] of Object.entries(PLATFORMS)) {
  test(`${name}: the same facts as ${platform.sdk}, except for the listed differences`, async () => {
    const faults = unexplained(await compare(platform), platform.differences);
    assert.equal(faults.length, 0, `\n  ${faults.join('\n  ')}`);
  });
}
