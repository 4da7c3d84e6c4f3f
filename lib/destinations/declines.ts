import type { Reason } from '../event/reasons.js';
import type { Admission } from './destination.js';

// Shared, because a destination answers on the caller's thread.
const declined = (reason: Reason): Admission => Object.freeze({ declined: reason });

export const NO_IDENTITY = declined('no_identity');
export const INVALID_ID = declined('invalid_id');
export const INVALID_NAME = declined('invalid_name');
export const INVALID_TIMESTAMP = declined('invalid_timestamp');
export const UNSUPPORTED = declined('unsupported');
