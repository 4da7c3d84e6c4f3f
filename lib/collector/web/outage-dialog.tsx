import { useState } from 'preact/hooks';
import { change } from './api.js';
import { refresh } from './live.js';
import { Dialog } from './parts/dialog.js';
import { Segmented } from './parts/segmented.js';
import { ANSWERS, DURATIONS } from './words.js';

/** Chooses a scripted answer for a platform, and its duration. */
export function OutageDialog({
  platform,
  title,
  onClose,
}: {
  readonly platform: string;
  readonly title: string;
  readonly onClose: () => void;
}) {
  const [answer, setAnswer] = useState('down');
  const [duration, setDuration] = useState(1);
  const [error, setError] = useState('');
  const start = async (): Promise<void> => {
    try {
      await change('DELETE', `answers?platform=${encodeURIComponent(platform)}`);
      await change('POST', 'answers', { answer, platform, ...DURATIONS[duration]![1] });
      await refresh();
      onClose();
    } catch (cause) {
      setError((cause as Error).message);
    }
  };
  return (
    <Dialog title={`Outage of ${title}`} onClose={onClose}>
      <fieldset class="options">
        <legend>What the collector answers</legend>
        {ANSWERS.map(([kind, label, means]) => (
          <label key={kind}>
            <input type="radio" name="answer" checked={answer === kind} onChange={() => setAnswer(kind)} />
            <span>
              <b>{label}</b>
              <small>{means}</small>
            </span>
          </label>
        ))}
      </fieldset>
      <div>
        <p class="field-name" aria-hidden="true">
          For how long
        </p>
        <Segmented
          legend="For how long"
          choices={DURATIONS.map(([label], value) => ({ value, label }))}
          value={duration}
          onChange={setDuration}
        />
      </div>
      {error !== '' && <p role="alert">The answer was not set: {error}</p>}
      <div class="dialog-buttons">
        <button type="button" class="button" onClick={onClose}>
          Cancel
        </button>
        <button type="button" class="button primary" onClick={() => void start()}>
          Start
        </button>
      </div>
    </Dialog>
  );
}
