import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { journal } from '../../../lib/buffer/journal/journal.js';
import { TrackingConfigError } from '../../../lib/config/tracking-config.error.js';
import { HAS_SPECIAL_FILES } from '../../support/special-files.js';
import { canActAsOthers } from '../../support/users.js';

let root: string;
beforeEach(() => void (root = mkdtempSync(join(tmpdir(), 'nestjs-tracking-'))));
afterEach(() => rmSync(root, { recursive: true, force: true }));

const check = (directory: string): unknown => {
  try {
    journal({ directory }).check!('buffer', undefined);
    return undefined;
  } catch (error) {
    expect(error).toBeInstanceOf(TrackingConfigError);
    return (error as Error).message;
  }
};

const onPosix = HAS_SPECIAL_FILES ? test : test.skip;

onPosix.each([0o777, 0o1777, 0o2777, 0o702])(
  'a directory that every user can write to (%i) is rejected at start',
  (mode) => {
    chmodSync(root, mode);
    expect(check(root)).toMatch(/`buffer\.directory`.*forged events.*\/journal.*chmod o-w/);
    // The remedy.
    mkdirSync(join(root, 'journal'), { mode: 0o700 });
    expect(check(join(root, 'journal'))).toBeUndefined();
  },
);

onPosix('so is the one for temporary files itself', () => {
  expect(statSync('/tmp').mode & 0o1777).toBe(0o1777);
  expect(check('/tmp')).toContain('forged events');
});

test('a directory of the user, of its group, or that does not exist yet is used', () => {
  for (const mode of [0o700, 0o755, 0o775, 0o2770]) {
    chmodSync(root, mode);
    expect(check(root)).toBeUndefined();
  }
  expect(check(join(root, 'new', 'one'))).toBeUndefined();
  symlinkSync(root, join(root, 'link'));
  expect(check(join(root, 'link'))).toBeUndefined();
});

test('a file is rejected', () => {
  writeFileSync(join(root, 'file'), '');
  expect(check(join(root, 'file'))).toContain('not a folder');
});

(canActAsOthers() ? test : test.skip)('that of another user is refused, with both', () => {
  chownSync(root, 1_000, 1_000);
  expect(check(root)).toMatch(/uid 1000.*uid 0.*chown -R 0/);
});

test("`fsync: 'everySecond'` of earlier builds is rejected at start", () => {
  const options = { directory: join(root, 'journal'), fsync: 'everySecond' as never };
  const refused = (): void => journal(options).check!('buffer', undefined);

  expect(refused).toThrow(TrackingConfigError);
  expect(refused).toThrow(/`buffer\.fsync`.*'group' or 'off'/);
});
