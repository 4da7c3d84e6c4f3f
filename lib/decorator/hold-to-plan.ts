import type { CapturePort } from '../capture/capture-port.js';
import type { Verdict } from './evaluate-options.js';

/**
 * Holds what the options came to against the tracking plan. Here and not at the door: what waits for a response is copied
 * first, and in a copy a Date is a string.
 */
export function holdToPlan(
  verdict: Verdict,
  name: string,
  source: string,
  port: CapturePort | undefined,
): Verdict {
  const plan = port?.plan;
  if (plan === undefined || 'refused' in verdict) return verdict;
  const checked = plan.check('track', name, verdict.properties, source);
  if (typeof checked === 'string') return { refused: checked, options: verdict.options };
  return { properties: checked.properties as object | undefined, options: verdict.options };
}
