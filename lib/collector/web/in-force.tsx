import { counted } from '../../event/counted.js';
import type { ScriptedAnswer } from '../api/responses.js';
import { change } from './api.js';
import { live, refresh } from './live.js';
import { Icon } from './parts/icon.js';
import { ANSWERS } from './words.js';

/** The scripted answers in force for one platform (undefined: for every platform), and the button that removes them. */
export function InForce({ platform, title }: { readonly platform?: string; readonly title: string }) {
  const answers = (live.use().stats?.answers ?? []).filter((each) => each.platform === platform);
  if (answers.length === 0) return null;
  const recover = async (): Promise<void> => {
    const query = platform === undefined ? '' : `?platform=${encodeURIComponent(platform)}`;
    await change('DELETE', `answers${query}`).catch(() => {}); // the header says when the collector does not run
    await refresh();
  };
  return (
    <div class="in-force row dropped">
      <Icon name="outage" />
      <p>
        {answers.map((each, index) => (
          <span key={index}>
            <b>{answerName(each)}</b> {left(each)}
          </span>
        ))}
      </p>
      <button type="button" class="button" aria-label={`Recover ${title}`} onClick={() => void recover()}>
        Recover
      </button>
    </div>
  );
}

function answerName({ answer }: ScriptedAnswer): string {
  if (typeof answer !== 'string') return `HTTP ${answer.status}`;
  return ANSWERS.find(([kind]) => kind === answer)?.[1] ?? answer;
}

function left({ seconds, requests, share }: ScriptedAnswer): string {
  const parts: string[] = [];
  if (share !== undefined && share < 1) parts.push(`${Math.round(share * 100)}% of requests`);
  if (requests !== undefined) parts.push(`${counted(requests, 'request')} left`);
  if (seconds !== undefined) parts.push(`${Math.ceil(seconds)} s left`);
  return parts.length === 0 ? 'until recovered' : parts.join(', ');
}
