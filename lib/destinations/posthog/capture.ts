import type { Destination } from '../destination.js';
import type { PosthogForm } from './posthog-event.js';

/** One of the two APIs: the members of the destination that differ. */
export type Capture = Required<Pick<Destination, 'acknowledgement' | 'encode' | 'decode' | 'explain'>> &
  Pick<Destination, 'answerBytesPerEvent'>;

/** The parts that a request is built with. */
export interface CaptureSetup extends PosthogForm {
  /** The base URL. */
  readonly host: string;
  readonly apiKey: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly gzip: boolean;
  /** Called once for a request with half of a surrogate pair, which is replaced. */
  readonly repaired: () => void;
}

/** The parts of a request that both APIs share; each adds its path. */
export function postTo({ host, headers, gzip, repaired }: CaptureSetup, path: string, maxBytes: number) {
  return { url: `${host}${path}`, headers, gzip, maxBytes, onRepair: repaired };
}
