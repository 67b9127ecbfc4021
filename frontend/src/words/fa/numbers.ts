import { counting } from '../counting';
import type { Limits } from '../limits';
import type { Words } from '../words';
import { apart, ltr } from './bidi';

const { fixed, when, written, ...counts } = counting('fa');

export const { plural, whole } = counts;

/** The limits in words, to follow "a number". */
function rangeOf({ min, above, max, below }: Limits): string {
  if (min !== undefined && max !== undefined) return ` از ${written(min)} تا ${written(max)}`;
  const limits: [string, number | undefined][] = [
    ['بزرگ‌تر از', above],
    ['دست‌کم', min],
    ['کوچک‌تر از', below],
    ['حداکثر', max],
  ];
  const said = limits.flatMap(([says, limit]) => (limit === undefined ? [] : [`${says} ${written(limit)}`]));
  return said.length > 0 ? `، ${said.join('، ')}` : '';
}

/** Seconds for people. */
function duration(seconds: number): string {
  if (seconds < 10) return `${written(Number(Math.max(seconds, 0.1).toFixed(1)))} ثانیه`;
  if (seconds < 90) return `${Math.round(seconds)} ثانیه`;
  const whole = Math.round(seconds);
  const minutes = Math.floor(whole / 60);
  return minutes < 90 ? `${minutes} دقیقه و ${whole % 60} ثانیه` : `${fixed(minutes / 60, 1)} ساعت`;
}

export const numbers: Words['numbers'] = {
  whole,
  when,
  duration,
  about: (seconds) => `حدود ${duration(seconds)}`,
  kilobytes: (count) => `${written(count)} کیلوبایت`,
  megabytes: (count, digits = 0) => `${fixed(count, digits)} مگابایت`,
  gigabytes: (count) => `${fixed(count, 1)} گیگابایت`,
  comma: '، ',
  size: (width, height) => ltr(`${width} × ${height}`),
  byDefault: (value) => `پیش‌فرض ${value}`,
  took: (taken, typed, why) => `به‌جای ${typed} مقدار ${taken} گذاشته شد: ${why}`,
  wanted: (limits) => `یک ${limits.whole ? 'عدد صحیح' : 'عدد'} بنویسید${rangeOf(limits)}.`,
  withComma: (typed) => `«${apart(typed)}» را بدون ویرگول بنویسید، و کسر را با نقطه، مانند 1.5.`,
};
