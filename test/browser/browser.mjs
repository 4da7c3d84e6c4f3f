import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { findChromium } from './chromium.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const SCREENSHOTS = fileURLToPath(new URL('../../docs/images/', import.meta.url));

/** A wide window and a phone, each in light and dark. */
export const VIEWS = {
  'wide, light': { viewport: { width: 1280, height: 800 }, colorScheme: 'light' },
  'wide, dark': { viewport: { width: 1280, height: 800 }, colorScheme: 'dark' },
  'phone, light': { viewport: { width: 390, height: 844 }, colorScheme: 'light' },
  'phone, dark': { viewport: { width: 390, height: 844 }, colorScheme: 'dark' },
};

/** Chromium, which reaches this machine only: no other host name resolves. */
export async function startBrowser() {
  return chromium.launch({
    executablePath: findChromium(),
    args: [
      '--no-sandbox',
      '--disable-dev-shm-usage',
      '--disable-blink-features=AutomationControlled', // see openPage()
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost, EXCLUDE *.localhost',
    ],
  });
}

/**
 * A page with cookies and storage of its own. `faults` gets each console error, each exception, and each request to a host
 * that is not in `hosts` (`127.0.0.1:4100`).
 */
export async function openPage(browser, { hosts, ...view }) {
  // SDKs treat a headless browser as a robot, and send nothing.
  const userAgent = `Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${browser.version()} Safari/537.36`;
  const context = await browser.newContext({ reducedMotion: 'reduce', userAgent, ...view });
  context.setDefaultTimeout(30_000);
  const page = await context.newPage();
  const faults = [];
  page.on('console', (message) => {
    if (message.type() === 'error')
      faults.push(`console error: ${message.text()} (${message.location().url})`);
  });
  page.on('pageerror', (error) => faults.push(`exception: ${error.stack ?? error.message}`));
  page.on('request', (request) => {
    const { protocol, host } = new URL(request.url());
    const isOfNetwork = protocol === 'http:' || protocol === 'https:' || protocol.startsWith('ws');
    if (isOfNetwork && !hosts.includes(host)) faults.push(`request to another host: ${request.url()}`);
  });
  return { page, faults, close: () => context.close() };
}

/** Fails if axe-core finds a violation in the page as it is now. */
export async function assertAccessible(page, what = page.url()) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  const found = violations.map(
    ({ id, help, nodes }) =>
      `${id}: ${help}\n${nodes.map(({ html, failureSummary }) => `    ${html}\n      ${failureSummary.replaceAll('\n', '\n      ')}`).join('\n')}`,
  );
  assert.equal(found.length, 0, `${what}: axe-core found\n  ${found.join('\n  ')}`);
}

/** Writes docs/images/<name>.png, if the run was started with `--screenshots`. */
export async function screenshot(page, name, options = {}) {
  if (process.env.TRACKING_SCREENSHOTS !== '1') return;
  mkdirSync(SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: `${SCREENSHOTS}${name}.png`, animations: 'disabled', ...options });
}
