import { useState } from 'preact/hooks';
import { change } from './api.js';
import { Dialog } from './parts/dialog.js';
import { Segmented } from './parts/segmented.js';
import { ANSWERS, DURATIONS } from './words.js';

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
  const start = async (): Promise<void> => {
    await change('DELETE', `answers?platform=${encodeURIComponent(platform)}`);
    await change('POST', 'answers', { answer, platform, ...DURATIONS[duration]![1] });
  };
  return (
    <Dialog
      title={`Outage of ${title}`}
      action="Start"
      failure="The answer was not set"
      run={start}
      onClose={onClose}
    >
      <fieldset class="options">
        <legend class="field-name">What the collector answers</legend>
        {ANSWERS.map(([kind, label, means]) => (
          <label key={kind} class="row">
            <input type="radio" name="answer" checked={answer === kind} onChange={() => setAnswer(kind)} />
            <span>
              <b>{label}</b>
              <small class="muted">{means}</small>
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
    </Dialog>
  );
}
