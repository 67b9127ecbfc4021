import { counting } from '../counting';
import type { Limits } from '../limits';

const { fixed, when, written, ...counts } = counting('en');

export const { plural, whole } = counts;

/** The limits in words, to follow "a number". */
function rangeOf({ min, above, max, below }: Limits): string {
  if (min !== undefined && max !== undefined) return ` from ${written(min)} to ${written(max)}`;
  const limits: [string, number | undefined][] = [
    [' above', above],
    [', at least', min],
    [above === undefined ? ' below' : ', below', below],
    [', at most', max],
  ];
  return limits.map(([says, limit]) => (limit === undefined ? '' : `${says} ${written(limit)}`)).join('');
}

/** Seconds for people. */
function duration(seconds: number): string {
  if (seconds < 10) return `${written(Number(Math.max(seconds, 0.1).toFixed(1)))} s`;
  if (seconds < 90) return `${Math.round(seconds)} s`;
  const whole = Math.round(seconds);
  const minutes = Math.floor(whole / 60);
  return minutes < 90 ? `${minutes} min ${whole % 60} s` : `${fixed(minutes / 60, 1)} h`;
}

/** The words of numbers, and of the fields in which they are written. */
export const numbers = {
  whole,
  when,
  duration,
  about: (seconds: number) => `~${duration(seconds)}`,
  kilobytes: (count: number) => `${written(count)} kB`,
  megabytes: (count: number, digits = 0) => `${fixed(count, digits)} MB`,
  gigabytes: (count: number) => `${fixed(count, 1)} GB`,
  comma: ', ',
  size: (width: number, height: number) => `${width} × ${height}`,
  byDefault: (value: number) => `default ${value}`,
  took: (taken: number, typed: number, why: string) => `Took ${taken}, not ${typed}: ${why}`,
  wanted: (limits: Limits) => `Write a ${limits.whole ? 'whole number' : 'number'}${rangeOf(limits)}.`,
  withComma: (typed: string) => `Write “${typed}” without commas, and a fraction behind a point, as in 1.5.`,
};
