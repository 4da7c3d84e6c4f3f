/** Names of the files beside `owner.json` in a process folder. */
export const DEAD_LETTERS_FILE = 'dead.jsonl';
export const HISTORY_FILE = 'history.jsonl';
/** Only earlier versions wrote it: a copy of each damaged line. Nothing reads it. */
export const DAMAGED_FILE = 'damaged.jsonl';

/** The file that holds the events of a segment. */
export const segmentFile = (segment: string): string => `${segment}.jsonl`;

/** The file that holds the outcomes of these events. */
export const acknowledgementsFile = (segment: string): string => `${segment}.acks`;

/** The parts of a segment's name. */
export interface SegmentName {
  /** Without ending; its events are in `<name>.jsonl`, their outcomes in `<name>.acks`. */
  readonly name: string;
  readonly firstSeq: number;
  /** Counts I/O errors: rewritten events are in a later generation. */
  readonly generation: number;
}

const SEQ_DIGITS = 16;
const FILE_NAME = /^((\d{16})-(0|[1-9]\d{0,14}))\.jsonl$/;

/** The name of a segment, such as `0000000000000001-0`. */
export function segmentName(firstSeq: number, generation: number): string {
  return `${String(firstSeq).padStart(SEQ_DIGITS, '0')}-${generation}`;
}

/** The segment's name of a file; `undefined` for any other file. */
export function parseSegmentName(fileName: string): SegmentName | undefined {
  const match = FILE_NAME.exec(fileName);
  if (match === null) return undefined;
  const firstSeq = Number(match[2]);
  if (!Number.isSafeInteger(firstSeq)) return undefined;
  return { name: match[1]!, firstSeq, generation: Number(match[3]) };
}

/** The order in which the segments of a folder were begun. */
export function compareSegments(a: SegmentName, b: SegmentName): number {
  return a.generation - b.generation || a.firstSeq - b.firstSeq;
}
