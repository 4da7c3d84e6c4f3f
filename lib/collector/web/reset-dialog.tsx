import { useState } from 'preact/hooks';
import { change } from './api.js';
import { refresh } from './live.js';
import { goWith } from './place.js';
import { Dialog } from './parts/dialog.js';

/** Asks before everything is deleted. */
export function ResetDialog({ onClose }: { readonly onClose: () => void }) {
  const [keepsAnswers, setKeepsAnswers] = useState(false);
  const [error, setError] = useState('');
  const reset = async (): Promise<void> => {
    try {
      await change('POST', keepsAnswers ? 'reset?keep=answers' : 'reset');
      goWith({ event: undefined, request: undefined });
      await refresh();
      onClose();
    } catch (cause) {
      setError((cause as Error).message);
    }
  };
  return (
    <Dialog title="Reset the collector?" onClose={onClose}>
      <p>
        This deletes all counts, events, people and requests of the collector. Your applications and their
        pending events are not affected.
      </p>
      <label class="check">
        <input
          type="checkbox"
          checked={keepsAnswers}
          onChange={(event) => setKeepsAnswers(event.currentTarget.checked)}
        />
        Keep the scripted answers that are in force
      </label>
      {error !== '' && <p role="alert">The collector was not reset: {error}</p>}
      <div class="dialog-buttons">
        <button type="button" class="button" onClick={onClose}>
          Cancel
        </button>
        <button type="button" class="button danger" onClick={() => void reset()}>
          Reset
        </button>
      </div>
    </Dialog>
  );
}
