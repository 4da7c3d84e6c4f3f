import { useState } from 'preact/hooks';
import { change } from './api.js';
import { Dialog } from './parts/dialog.js';
import { goWith } from './place.js';

/** Asks before everything is deleted. */
export function ResetDialog({ onClose }: { readonly onClose: () => void }) {
  const [keepsAnswers, setKeepsAnswers] = useState(false);
  const reset = async (): Promise<void> => {
    await change('POST', keepsAnswers ? 'reset?keep=answers' : 'reset');
    goWith({ event: undefined, request: undefined });
  };
  return (
    <Dialog
      title="Reset the collector?"
      action="Reset"
      isDanger
      failure="The collector was not reset"
      run={reset}
      onClose={onClose}
    >
      <p>
        This deletes all counts, events, people and requests of the collector. Your applications and their
        pending events are not affected.
      </p>
      <label class="row">
        <input
          type="checkbox"
          checked={keepsAnswers}
          onChange={(event) => setKeepsAnswers(event.currentTarget.checked)}
        />
        Keep the scripted answers that are in force
      </label>
    </Dialog>
  );
}
