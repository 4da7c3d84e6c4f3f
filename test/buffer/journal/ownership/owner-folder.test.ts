import { afterEach, beforeEach, expect, test } from '@jest/globals';
import fs from 'node:fs/promises';
import { join } from 'node:path';
import { accountsOf, LEASE_MS, Neighbourhood } from './neighbourhood.js';

const SHOP = accountsOf(['kissmetrics', 'webhook']);

let street: Neighbourhood;
beforeEach(async () => void (street = await Neighbourhood.make()));
afterEach(() => street.remove());

test('a new folder is complete and private, and has its owner', async () => {
  const { folder, group } = await street.moveIn(SHOP);
  expect(await street.names(group)).toEqual([folder.owner]);
  expect((await fs.readdir(folder.path)).sort()).toEqual(['inbox', 'outbox', 'owner.json']);
  expect((await fs.stat(folder.path)).mode & 0o777).toBe(0o700);
  expect(JSON.parse(await fs.readFile(join(folder.path, 'owner.json'), 'utf8'))).toMatchObject({
    format: 2,
    owner: folder.owner,
    group,
    pid: 101,
    host: 'host',
    startedAt: '2026-01-01T00:00:00.000Z',
    leaseMs: LEASE_MS,
    lanes: SHOP,
  });
  expect(await folder.check()).toBe('ours');
});

test('a paused owner finds its folder taken, and it stays taken after a return', async () => {
  const paused = await street.moveIn(SHOP);
  const adopter = await street.moveIn(SHOP);
  street.kill(paused);
  const [taken] = (await adopter.adoption.look()).taken;
  expect(await paused.folder.heartbeat()).toBe('taken');
  await fs.rename(taken!.path, paused.folder.path);
  expect(await paused.folder.check()).toBe('taken');
  expect(await paused.folder.heartbeat()).toBe('taken');
});

test('a paused owner finds its folder taken after it was given back', async () => {
  const paused = await street.moveIn(SHOP);
  const adopter = await street.moveIn(SHOP);
  street.kill(paused);
  const [taken] = (await adopter.adoption.look()).taken;
  await adopter.adoption.release(taken!);
  expect(await street.names(paused.group)).toContain(paused.folder.owner);
  expect(await paused.folder.check()).toBe('taken');
});

test('a folder that was adopted into another group counts as taken', async () => {
  const paused = await street.moveIn(accountsOf(['kissmetrics']));
  const adopter = await street.moveIn(SHOP);
  street.kill(paused);
  expect((await adopter.adoption.look()).taken).toHaveLength(1);
  expect(await paused.folder.check()).toBe('taken');
});

test('a folder that was deleted or replaced is gone', async () => {
  const { folder } = await street.moveIn(SHOP);
  await fs.rename(folder.path, `${folder.path}.away`);
  expect(await folder.check()).toBe('gone');
  await fs.cp(`${folder.path}.away`, folder.path, { recursive: true });
  expect(await folder.check()).toBe('gone');
  await fs.rm(street.directory, { recursive: true });
  expect(await folder.heartbeat()).toBe('gone');
});

test('a disk error does not change the ownership', async () => {
  let broken = false;
  const { folder } = await street.moveIn(SHOP, {
    ...street.files,
    facts: (path) =>
      broken ? Promise.reject(Object.assign(new Error('i/o'), { code: 'EIO' })) : street.files.facts(path),
  });
  broken = true;
  await expect(folder.check()).rejects.toMatchObject({ code: 'EIO' });
  street.clock.advance(LEASE_MS);
  await expect(folder.heartbeat()).rejects.toMatchObject({ code: 'EIO' });
  expect(folder.isLate).toBe(true);
  broken = false;
  expect(await folder.heartbeat()).toBe('ours');
  expect(folder.isLate).toBe(false);
});

test('is late after half a lease without a heartbeat, whatever the result of a check', async () => {
  const { folder } = await street.moveIn(SHOP);
  street.clock.advance(LEASE_MS / 2);
  expect(folder.isLate).toBe(false);
  street.clock.advance(1);
  expect(await folder.check()).toBe('ours');
  expect(folder.isLate).toBe(true);
  expect(await folder.heartbeat()).toBe('ours');
  expect(folder.isLate).toBe(false);
});

test('a wall clock that jumped makes it late, as if the machine had slept', async () => {
  const { folder } = await street.moveIn(SHOP);
  for (const jump of [-LEASE_MS, LEASE_MS]) {
    street.clock.jump(jump);
    expect(folder.isLate).toBe(true);
    expect(await folder.heartbeat()).toBe('ours');
    expect(folder.isLate).toBe(false);
  }
});

test('a removed owner file is restored by the next heartbeat', async () => {
  const { folder } = await street.moveIn(SHOP);
  const file = join(folder.path, 'owner.json');
  const text = await fs.readFile(file, 'utf8');
  await fs.rm(file);
  expect(await folder.heartbeat()).toBe('ours');
  expect(await fs.readFile(file, 'utf8')).toBe(text);
});

test('closing leaves a mark, but not if the folder is not ours any more', async () => {
  const one = await street.moveIn(SHOP);
  await one.folder.close();
  expect(await fs.readdir(one.folder.path)).toContain('closed');

  const paused = await street.moveIn(SHOP);
  const adopter = await street.moveIn(SHOP);
  street.kill(paused);
  const { taken } = await adopter.adoption.look();
  await paused.folder.close();
  for (const { path } of taken) expect(await fs.readdir(path)).not.toContain('closed');
  expect(taken.map(({ origin }) => origin).sort()).toEqual([one.folder.owner, paused.folder.owner].sort());
});
