// The script of the shop's page. Each button acts as the vendors' documentation says: `identify` once the server knows the
// person, `reset` when the person signs out.
const { sdks, user } = JSON.parse(document.querySelector('#settings').textContent);
const done = document.querySelector('#done');

const started = await Promise.all(
  sdks.map(async ({ name, ...settings }) => {
    const { start } = await import(`/scripts/${name}.js`);
    return start(settings, user);
  }),
);

globalThis.userId = user?.id ?? null;
const email = () => document.querySelector('#email').value;
const each = (call) => Promise.all(started.map(call));

async function post(path, body = {}) {
  const response = await fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response.json();
}

const ACTIONS = {
  async 'sign-up'() {
    const { id } = await post('/sign-up', { email: email() });
    globalThis.userId = id;
    await each((sdk) => sdk.identify(id, { email: email() }));
  },
  async 'sign-in'() {
    const { id } = await post('/sign-in', { email: email() });
    globalThis.userId = id;
    await each((sdk) => sdk.identify(id, { email: email() }));
  },
  // A page that forgets the SDKs: the person of the browser changes, and they do not know it.
  async switch() {
    globalThis.userId = (await post('/sign-up', { email: email() })).id;
    await post('/orders');
  },
  async 'sign-out'() {
    await post('/sign-out');
    globalThis.userId = null;
    await each((sdk) => sdk.reset());
  },
  async order() {
    await each((sdk) => sdk.track('Checkout Started'));
    await post('/orders');
  },
};

/** The ids of libraries that have no package, as their cookies have them. */
globalThis.idsInCookies = () =>
  Object.fromEntries(started.flatMap((sdk) => Object.entries(sdk.ids?.() ?? {})));

let count = 0;
for (const [id, act] of Object.entries(ACTIONS)) {
  document.querySelector(`#${id}`).addEventListener('click', () => {
    act()
      .catch((error) => console.error(`${id}: ${error.stack}`))
      .finally(() => {
        done.textContent = String(++count);
      });
  });
}
done.textContent = '0';
