import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** The path of the browser: `TRACKING_TESTS_CHROMIUM`, else the first on PATH; undefined: there is none. */
export function findChromium({ TRACKING_TESTS_CHROMIUM: named, PATH = '' } = process.env) {
  if (named !== undefined) return named;
  const folders = PATH.split(delimiter);
  return NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable);
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
