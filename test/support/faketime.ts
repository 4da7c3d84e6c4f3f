import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** The path of the library by dpkg; undefined if it is not installed. */
const library = spawnSync('dpkg', ['-L', 'libfaketime'], { encoding: 'utf8' })
  .stdout?.split('\n')
  .find((path) => path.endsWith('/libfaketimeMT.so.1') && existsSync(path));

/**
 * Whether processes can have another wall clock; logs a loud warning if not. With `TRACKING_TESTS_REQUIRE_ALL=1`, as before a
 * merge, it throws instead: no test is skipped there.
 */
export function hasFaketime(): boolean {
  if (library !== undefined) return true;
  const missing =
    'NOT TESTED: a wall clock that jumps under a real process. Install libfaketime (Debian, Ubuntu).';
  if (process.env['TRACKING_TESTS_REQUIRE_ALL'] === '1') throw new Error(missing);
  console.warn(`\n  ${missing}\n`);
  return false;
}

/** The environment of a process whose wall clock is off by the text of a file, such as `-3600s`; it is read at each call. */
export function wallClockOf(file: string): Record<string, string> {
  return {
    LD_PRELOAD: library!,
    FAKETIME_TIMESTAMP_FILE: file,
    FAKETIME_NO_CACHE: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    NO_FAKE_STAT: '1',
  };
}
