import { badOption, memberPath } from '../config/check-option.js';
import { option, type Option } from '../options/option.js';
import type { AllowedProperties } from './destination.js';

const EXPECTED = 'an array of property names, or an object of such arrays by event name';

/** Names of the properties that a destination may have. */
export const allowedProperties = (): Option<AllowedProperties> =>
  option('list, or list by event name', EXPECTED, checkAllowedProperties);

function checkAllowedProperties(path: string, value: unknown): void {
  if (Array.isArray(value)) return checkNames(path, value);
  if (typeof value !== 'object' || value === null) throw badOption(path, value, EXPECTED);
  for (const [event, names] of Object.entries(value)) checkNames(memberPath(path, event), names);
}

function checkNames(path: string, names: unknown): void {
  if (!Array.isArray(names)) throw badOption(path, names, 'an array of property names');
  names.forEach((name, index) => {
    if (typeof name !== 'string' || name === '') {
      throw badOption(`${path}[${index}]`, name, "a property's name");
    }
  });
}
