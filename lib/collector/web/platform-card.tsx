import { useState } from 'preact/hooks';
import { counted } from '../../event/counted.js';
import type { PlatformCounts, ScriptedAnswer } from '../api/responses.js';
import { change } from './api.js';
import { Link } from './link.js';
import { live, PACE_SAMPLES, paceNow, received, refresh } from './live.js';
import { OutageDialog } from './outage-dialog.js';
import { rate } from './header.js';
import { Icon } from './parts/icon.js';
import { OUTCOMES, place } from './place.js';
import { ANSWERS, FAILED_REQUEST_MEANS, OUTCOME_MEANS } from './words.js';

const WIDTH = 120;
const HEIGHT = 28;

/** The counts of one platform, and its switch for outages. Its name filters the lists. */
export function PlatformCard({ counts }: { readonly counts: PlatformCounts }) {
  const { platform, title, requests, failedRequests } = counts;
  const [isChoosing, setIsChoosing] = useState(false);
  const here = place.use();
  const samples = live.use().pace.get(platform) ?? [];
  const pace = paceNow(samples);
  const isChosen = here.platform === platform;
  const filtered = { ...here, platform, event: undefined, request: undefined };
  return (
    <li class="card surface">
      <div class="row">
        <h3>
          <Link
            to={{ ...filtered, platform: isChosen ? undefined : platform }}
            current={isChosen}
            title={isChosen ? 'Show all platforms' : `Show ${title} only`}
          >
            {title}
          </Link>
        </h3>
        <small class="muted">{pace > 0 ? `${rate(pace)}/s` : ''}</small>
        <Spark samples={samples} length={PACE_SAMPLES} />
      </div>
      <p class="card-main muted">
        <b>{counts.delivered.toLocaleString('en')}</b> <span title={OUTCOME_MEANS.delivered}>delivered</span>
      </p>
      <Bar counts={counts} />
      <dl class="card-counts">
        {OUTCOMES.slice(1).map((outcome) => (
          <div
            key={outcome}
            class={counts[outcome] === 0 ? 'neutral' : outcome}
            title={OUTCOME_MEANS[outcome]}
          >
            <dt>{outcome}</dt>
            <dd>
              {counts[outcome] === 0 ? (
                0
              ) : (
                <Link
                  to={{ ...filtered, view: 'events', outcome }}
                  label={`${counts[outcome]} ${outcome} at ${title}`}
                >
                  {counts[outcome].toLocaleString('en')}
                </Link>
              )}
            </dd>
          </div>
        ))}
      </dl>
      <div class="card-foot row muted">
        <span>
          {counted(requests, 'request')}
          {failedRequests > 0 && (
            <span title={FAILED_REQUEST_MEANS}> · {failedRequests.toLocaleString('en')} failed</span>
          )}
        </span>
        <button
          type="button"
          class="button quiet"
          aria-label={`Outage of ${title}`}
          onClick={() => setIsChoosing(true)}
        >
          <Icon name="outage" />
          Outage…
        </button>
      </div>
      <InForce platform={platform} title={title} />
      {isChoosing && <OutageDialog platform={platform} title={title} onClose={() => setIsChoosing(false)} />}
    </li>
  );
}

/** The shares of the outcomes. Decorative: the numbers are below it. */
function Bar({ counts }: { readonly counts: PlatformCounts }) {
  const total = Math.max(received(counts), 1);
  let x = 0;
  return (
    <svg class="bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
      {OUTCOMES.map((outcome) => {
        const from = x;
        const width = (counts[outcome] / total) * 100;
        x += width;
        return <rect key={outcome} class={outcome} x={from} y="0" width={width} height="4" />;
      })}
    </svg>
  );
}

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

/** The pace of the last minute as a line, newest on the right. Decorative: the number is beside it. */
function Spark({ samples, length }: { readonly samples: readonly number[]; readonly length: number }) {
  const smooth = samples.map((_, index) => mean(samples.slice(Math.max(0, index - 3), index + 1)));
  const top = Math.max(...smooth, 1);
  const step = WIDTH / (length - 1);
  const start = length - samples.length;
  const points = smooth.map((each, index) => {
    const y = HEIGHT - 1 - (each / top) * (HEIGHT - 4);
    return `${((start + index) * step).toFixed(1)} ${y.toFixed(1)}`;
  });
  const line = `M${points.join('L')}`;
  return (
    <svg
      class="spark delivered"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      {points.length > 1 && (
        <>
          <path class="area" d={`${line}V${HEIGHT}H${(start * step).toFixed(1)}Z`} />
          <path d={line} />
        </>
      )}
    </svg>
  );
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, each) => sum + each, 0) / values.length;
