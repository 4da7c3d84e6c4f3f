import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { journal } from '../../dist/esm/index.js';
import { create as createOurs, settings as ours } from './ours.js';

/** Ours with events on disk before they are sent, each group of them synced. */
export const label = 'nestjs-tracking, journal()';

export const settings = {
  default: `${ours.default}, journal({ directory })`,
  tuned: `${ours.tuned}, journal({ directory })`,
};

export const create = ({ scratch, ...how }) =>
  createOurs({ ...how, buffer: journal({ directory: mkdtempSync(join(scratch, 'journal-')) }) });
