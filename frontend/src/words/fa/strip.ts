import type { Words } from '../words';

export const strip: Words['strip'] = {
  ofScene: 'تصویرهای صحنه',
  ofIllusion: 'خوانش‌های تصویر',
  open: 'باز کردن نوار',
  close: 'بستن نوار',
  toggle: 'باز یا بسته کردن نوار تصویرها',
  keywords: 'صحنه توهم پس‌زمینه شیء ترکیب خوانش نمایش پنهان',
  composite: 'ترکیب',
  reading: (number, way) => `${number}. ${way}`,
  waits: 'هنوز پیش‌نمایشی نیست',
  notKept: 'نگه داشته نشده است. پیش از اجرا، آن را در نمونه‌گیری، «خروجی‌ها»، تیک بزنید.',
  atStep: (step) => `گام ${step}`,
};
