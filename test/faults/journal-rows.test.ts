import { expect, it } from '@jest/globals';
import { JournalDisk } from '../support/journal-disk.js';
import { WEBHOOK } from '../support/platforms.js';
import { Scene, useBuffer } from '../support/tracked-application.js';

// Every scenario without a buffer of its own, once more with a journal.
useBuffer((scene) => new JournalDisk(scene).journal());
await import('./outages.test.js');
await import('./refusals.test.js');
await import('./bursts.test.js');
await import('./answers.test.js');
await import('./host-code.test.js');
await import('./lanes-apart.test.js');

it('used a journal in all of these scenarios', async () => {
  const scene = new Scene();
  const server = await scene.server();
  const app = await scene.application({ destinations: [WEBHOOK.destination(server)] });
  app.track(10);
  await scene.until(app.idle);
  expect(app.stats().journal).toMatchObject({ state: 'open', segments: 1, uncommitted: 0 });
});
