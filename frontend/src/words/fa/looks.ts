import type { Words } from '../words';
import { apart, ltr } from './bidi';

export const looks: Words['looks'] = {
  unreadable: 'تصویر خوانده نشد.',
  pasted: 'تصویر چسبانده‌شده',
  tooLarge: (name, most) => `${apart(name)} از ${most} مگابایت بزرگ‌تر است. پروندهٔ کوچک‌تری برگزینید.`,
  noPicture: (name) =>
    `${apart(name)} به‌صورت تصویر خوانده نمی‌شود. آسیب دیده، پیکسل‌های بسیار زیادی دارد، یا قالبی دارد که مرورگر نمی‌شناسد. از PNG یا WebP یا JPEG استفاده کنید.`,
  notOpened: (name, why) => `${apart(name)} باز نشد. ${why}`,
  fileUnreadable: 'فایل خوانده نشد.',
  noDocument: 'تصویر سندی از Inlay با خود ندارد.',
  useOf: (name) => `کاربرد ${apart(name)}`,
  sizeOf: (name, width, height) => `${apart(name)}، ${ltr(`${width} × ${height}`)}`,
  openDocument: 'باز کردن چیدمان و تنظیمات آن',
  startFrom: 'آغاز از آن (img2img)',
  sketch: 'طرح رنگی (راهنما)',
  keepClose: 'نزدیک ماندن (راهنما)',
  reference: (box) => `مرجع IP-Adapter برای ${apart(box)}`,
  cancel: 'لغو',
  isSketch: 'تصویر، طرح رنگی است.',
  isKept: 'تصویر بعدی نزدیک این تصویر می‌ماند.',
  isReference: (box) => `تصویر، مرجع ${apart(box)} است.`,
  ways: {
    identity: 'همان‌گونه که هست',
    flip_x: 'قرینه، چپ به راست',
    flip_y: 'قرینه، بالا به پایین',
    rotate_90: 'یک‌چهارم دور به چپ',
    rotate_180: 'وارونه',
    rotate_270: 'یک‌چهارم دور به راست',
  },
};
