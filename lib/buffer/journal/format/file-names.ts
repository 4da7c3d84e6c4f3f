/** Names of the files beside `owner.json` in a process folder. */
export const DEAD_LETTERS_FILE = 'dead.jsonl';
export const HISTORY_FILE = 'history.jsonl';
/** Only earlier versions wrote it: a copy of each damaged line. Nothing reads it. */
export const DAMAGED_FILE = 'damaged.jsonl';

/** The file that holds the events of a segment. */
export const segmentFile = (segment: string): string => `${segment}.jsonl`;

/** The file that holds the outcomes of these events. */
export const acknowledgementsFile = (segment: string): string => `${segment}.acks`;
