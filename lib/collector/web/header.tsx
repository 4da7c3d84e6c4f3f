import { useState } from 'preact/hooks';
import { change } from './api.js';
import { live, paceNow, received, setPaused, type Live } from './live.js';
import { CopyButton } from './parts/copy-button.js';
import { Dialog } from './parts/dialog.js';
import { IconButton } from './parts/icon.js';
import { ThemeButton } from './parts/theme.js';
import { goWith } from './place.js';

export function Header() {
  const { state, stats, pace } = live.use();
  const [isResetting, setIsResetting] = useState(false);
  const total = (stats?.platforms ?? []).reduce((sum, each) => sum + received(each), 0);
  const perSecond = [...pace.values()].reduce((sum, each) => sum + paceNow(each), 0);
  return (
    <header class="header">
      <div class="row">
        <img src="./icon.svg" alt="" width="28" height="28" />
        <h1>
          Collector <span class="muted">of nestjs-tracking</span>
        </h1>
      </div>
      <div class="header-address row">
        <code>{location.host}</code>
        <CopyButton text={() => location.origin} name="Copy the URL" />
      </div>
      <p class="header-state row">
        <span class={`live-dot ${STATES[state].tone}`} aria-hidden="true" />
        <span role="status">{STATES[state].label}</span>
        <span class="header-totals muted">
          <b>{total.toLocaleString('en')}</b> received
          {perSecond > 0 && (
            <>
              {' '}
              · <b>{rate(perSecond)}</b>/s
            </>
          )}
        </span>
      </p>
      <div class="header-actions row">
        <IconButton
          icon={state === 'paused' ? 'resume' : 'pause'}
          class="dropped"
          aria-pressed={state === 'paused'}
          aria-label="Pause updates"
          title={state === 'paused' ? 'Resume updates' : 'Pause updates'}
          onClick={() => setPaused(state !== 'paused')}
        />
        <ThemeButton />
        <button type="button" class="button" onClick={() => setIsResetting(true)}>
          Reset…
        </button>
      </div>
      {isResetting && <ResetDialog onClose={() => setIsResetting(false)} />}
    </header>
  );
}

const STATES: Readonly<Record<Live['state'], { readonly label: string; readonly tone: string }>> = {
  connecting: { label: 'Connecting', tone: 'neutral' },
  live: { label: 'Live', tone: 'delivered' },
  paused: { label: 'Paused', tone: 'dropped' },
  down: { label: 'Not running', tone: 'rejected' },
};

export function rate(perSecond: number): string {
  return perSecond >= 10
    ? Math.round(perSecond).toLocaleString('en')
    : (Math.ceil(perSecond * 10) / 10).toString();
}

function ResetDialog({ onClose }: { readonly onClose: () => void }) {
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
