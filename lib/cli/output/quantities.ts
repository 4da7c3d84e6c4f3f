const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

/** A count with separators, the same on every machine. */
export function count(value: number): string {
  return value.toLocaleString('en-US');
}

/** Bytes with a unit, such as `1.5 MiB`. */
export function bytesText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1_024 && unit < UNITS.length - 1) {
    value /= 1_024;
    unit++;
  }
  const text = unit === 0 ? String(value) : value.toFixed(1);
  return `${text} ${UNITS[unit]}`;
}

/** A duration in its two largest units: `3d 4h`, `12m 5s`, `0s`. */
export function ageText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  const parts: [number, string][] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3_600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'm'],
    [seconds % 60, 's'],
  ];
  const first = parts.findIndex(([value]) => value > 0);
  if (first === -1) return '0s';
  return parts
    .slice(first, first + 2)
    .filter(([value], i) => i === 0 || value > 0)
    .map(([value, unit]) => `${value}${unit}`)
    .join(' ');
}
