import type { PlatformCounts } from '../api/responses.js';
import { FirstEvent, QuietPlatforms } from './endpoints.js';
import { live, received } from './live.js';
import { InForce, PlatformCard } from './platform-card.js';

/** A card for each platform that has received something, and the endpoints of the others. */
export function Platforms() {
  const { stats } = live.use();
  if (stats === undefined) return null;
  const isUsed = (counts: PlatformCounts): boolean =>
    counts.requests > 0 ||
    received(counts) > 0 ||
    stats.answers.some(({ platform }) => platform === counts.platform);
  const used = stats.platforms.filter(isUsed);
  const quiet = stats.platforms.filter((counts) => !isUsed(counts));
  return (
    <section class="platforms stack" aria-labelledby="platforms">
      <h2 id="platforms" class="off-screen">
        Platforms
      </h2>
      <InForce title="every platform" />
      {used.length === 0 ? (
        <FirstEvent platforms={quiet} />
      ) : (
        <>
          <ul class="cards">
            {used.map((counts) => (
              <PlatformCard key={counts.platform} counts={counts} />
            ))}
          </ul>
          <QuietPlatforms platforms={quiet} />
        </>
      )}
    </section>
  );
}
