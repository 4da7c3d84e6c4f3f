import { summary } from './summary.js';

/** The page for people: the counts, the latest operations, and buttons that start an outage. */
export const PAGE = /* html */ `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Collector</title>
<style>
  :root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 18%, transparent); --soft: color-mix(in srgb, currentColor 62%, transparent) }
  body { font: 15px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem }
  h1 { font-size: 1.4rem; margin: 0 } h2 { font-size: 1rem; margin: 2rem 0 .5rem }
  p, small { color: var(--soft); margin: .2rem 0 }
  table { border-collapse: collapse; width: 100% }
  th, td { text-align: left; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere }
  th { font-weight: 600; color: var(--soft); font-size: .85rem }
  .n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
  .duplicate { opacity: .5 } .bad { color: #c33 }
  button, input { font: inherit; padding: .2rem .7rem } button { cursor: pointer }
  #state { font-weight: 600 } form { display: inline }
</style>
<h1>What KISSmetrics would count</h1>
<p>The collector answers every request with 200 and a pixel, as the real host does. It counts events of the same person, name and second once.</p>
<p><span id="state"></span> <button data-mode="down">Down for 10 s</button> <button data-mode="hang">Hang for 10 s</button>
  <button data-mode="status">503 for 10 s</button> <button data-mode="none">Recover</button></p>
<h2>Events</h2>
<table><thead><tr><th>Event<th class="n">Counted<th class="n">Received<th class="n">Duplicates</thead><tbody id="counts"></tbody></table>
<p id="others"></p>
<h2>Latest</h2>
<p><input id="person" placeholder="Show only this person" size="32"> <small>Ids that an alias joined belong to one person.</small></p>
<table><thead><tr><th>Time<th>Person<th>What<th>Properties</thead><tbody id="latest"></tbody></table>
<script>
  const $ = (id) => document.getElementById(id);
  // textContent only: values are shown, never run.
  const row = (cells, className) => {
    const tr = document.createElement('tr');
    if (className) tr.className = className;
    for (const [text, cell] of cells) {
      const td = document.createElement('td');
      td.textContent = text;
      if (cell) td.className = cell;
      tr.append(td);
    }
    return tr;
  };
  const what = { event: (o) => o.name, properties: () => 'set properties', alias: (o) => 'is also ' + o.name };
  const summary = ${summary.toString()};
  const get = async (path) => (await fetch(path)).json();

  async function refresh() {
    const person = $('person').value.trim();
    const [stats, latest] = await Promise.all([
      get('/_collector/stats'),
      get('/_collector/events?limit=60' + (person ? '&person=' + encodeURIComponent(person) : '')),
    ]);
    const counts = [...stats.byEvent].sort((a, b) => b.counted - a.counted);
    $('counts').replaceChildren(...[...counts, stats.events].map((c) =>
      row([[c.name], [c.counted, 'n'], [c.received, 'n'], [c.duplicates, 'n']])));
    $('others').textContent = summary(stats);
    $('state').textContent = stats.outage === 'none' ? 'Up.' : 'Outage (' + stats.outage + ').';
    $('state').className = stats.outage === 'none' ? '' : 'bad';
    $('latest').replaceChildren(...latest.map((o) => row([
      [new Date(o.second * 1000).toLocaleTimeString()], [o.person], [what[o.kind](o)],
      [Object.entries(o.properties).map(([k, v]) => k + ': ' + v).join(' · ')],
    ], o.duplicate ? 'duplicate' : '')));
  }

  document.addEventListener('click', async ({ target: { dataset } }) => {
    if (!dataset.mode) return;
    const body = JSON.stringify({ mode: dataset.mode, status: 503, seconds: 10 });
    await fetch('/_collector/outage', { method: 'POST', body });
    refresh();
  });
  const loop = () => refresh().catch(() => { $('state').textContent = 'The collector is not running.'; }).finally(() => setTimeout(loop, 1000));
  loop();
</script>
</html>
`;
