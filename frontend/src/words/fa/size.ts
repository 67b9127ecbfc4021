import type { Words } from '../words';
import { ltr } from './bidi';
import { plural } from './numbers';

export const size: Words['size'] = {
  sizes: 'اندازهٔ بوم',
  resize: (size) => `اندازهٔ بوم: ${ltr(size)}`,
  keywords: 'تغییر اندازه پهنا بلندا resize width height wide larger smaller resolution',
  custom: 'اندازهٔ دلخواه',
  width: 'پهنای بوم به پیکسل',
  height: 'بلندای بوم به پیکسل',
  cells: (pixels) => `خانه‌های شبکهٔ مدل ${pixels} پیکسل هستند.`,
  ofGraph: (width, height) => `${ltr(`${width} × ${height}`)}، تعیین‌شده در گراف`,
  direction: 'جهت پانوراما',
  horizontal: 'افقی',
  vertical: 'عمودی',
  wrap: 'پیوستگی لبه‌ها',
  wrapHint: 'لبه‌های روبه‌رو بدون درز به هم می‌رسند.',
  wraps: {
    none: 'پیوستگی: هیچ',
    x: 'پیوستگی: چپ-راست',
    y: 'پیوستگی: بالا-پایین',
    both: 'پیوستگی: هر دو',
  },
  small: (model, native, part, width, height) =>
    `${ltr(model)} با تصویرهای ${ltr(`${native} × ${native}`)} پیکسل آموزش دیده و ${part} ${ltr(`${width} × ${height}`)} است.`,
  parts: { canvas: 'این بوم', head: 'کادر سر' },
  enlarge: (times) => `چیدمان را ${times} برابر بزرگ کن`,
  masksStay: 'ماسک‌ها با بوم بزرگ نمی‌شوند. بوم را بزرگ کنید و ماسک‌ها را دوباره بکشید.',
  outside: (count) => `${plural(count, { other: 'کادر' })} از بوم بیرون زده است.`,
  bringInside: 'آوردن به درون',
};
