import { Html } from './html.js';

/** The page's script. Every form posts JSON to the shop's API and shows the answer. */
export const script = new Html(`
  const said = document.getElementById('said');
  const say = (text) => { said.textContent = text; said.className = 'shown'; };

  document.addEventListener('submit', async (event) => {
    event.preventDefault();
    const { action, method, says } = event.target.dataset;
    const fields = Object.fromEntries(new FormData(event.target));
    const answer = await fetch(action, {
      method: method ?? 'POST',
      ...(method !== 'GET' && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(fields) }),
    });
    const problem = answer.ok ? undefined : (await answer.json()).message;
    say(problem ? problem + ' (' + answer.status + '): no event recorded' : says);
    if (!problem && method !== 'GET') setTimeout(() => location.reload(), 900);
  });

  const feed = document.getElementById('feed');
  const show = async () => {
    const entries = await (await fetch('/feed')).json();
    feed.replaceChildren(...entries.map(({ what, name }) => {
      const line = document.createElement('li');
      const state = document.createElement('span');
      state.textContent = what.replace('_', ' ');
      state.className = what;
      line.append(name ?? '', state);
      return line;
    }));
  };
  setInterval(() => show().catch(() => say('The shop is not running')), 1000);
  show();
`);
