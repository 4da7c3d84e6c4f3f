import { expect, test } from '@jest/globals';
import {
  adoptedName,
  groupOf,
  isGroup,
  isOwner,
  ownerId,
  parseFolderName,
  incompleteName,
} from '../../../../lib/buffer/journal/ownership/folder-names.js';
import { accountsOf } from './neighbourhood.js';

test('a group is the same for the same lanes in any order, and different otherwise', () => {
  const { kissmetrics, webhook } = accountsOf(['kissmetrics', 'webhook']);
  const group = groupOf('shop', { kissmetrics: kissmetrics!, webhook: webhook! });
  expect(group).toMatch(/^[0-9a-f]{16}$/);
  expect(isGroup(group)).toBe(true);
  expect(groupOf('shop', { webhook: webhook!, kissmetrics: kissmetrics! })).toBe(group);
  const others = [
    groupOf(undefined, { kissmetrics: kissmetrics!, webhook: webhook! }),
    groupOf('admin', { kissmetrics: kissmetrics!, webhook: webhook! }),
    groupOf('shop', { kissmetrics: kissmetrics! }),
    groupOf('shop', { kissmetrics: webhook!, webhook: kissmetrics! }),
    groupOf('shop', { kissmetrics: { ...kissmetrics!, key: 'another' }, webhook: webhook! }),
    groupOf('shop', { kissmetrics: { ...kissmetrics!, host: 'another' }, webhook: webhook! }),
  ];
  expect(new Set([group, ...others]).size).toBe(others.length + 1);
});

test('the id of an owner is unique, and the names of its folders can be parsed', () => {
  const [a, b] = [ownerId(1_767_225_600_000, 4_194_304), ownerId(1_767_225_600_000, 4_194_304)];
  expect(a).toMatch(/^[0-9a-z]+-4194304-[0-9a-f]{8}$/);
  expect(a).not.toBe(b);
  expect(isOwner(a)).toBe(true);
  expect(parseFolderName(a)).toEqual({ state: 'complete', owner: a });
  expect(parseFolderName(adoptedName(a, b))).toEqual({ state: 'complete', owner: a, origin: b });
  expect(parseFolderName(incompleteName(a))).toEqual({ state: 'incomplete' });
});

test.each([
  '',
  'lost+found',
  '..',
  'a-0-00000000',
  'a-1-0000000',
  'a-1-00000000+',
  'a-1-00000000+b',
  'A-1-00000000',
])('a folder that is called %j is none of ours', (name) => {
  expect(parseFolderName(name)).toBeUndefined();
});
