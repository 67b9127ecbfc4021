import type { Words } from '../words';
import { numbers } from './numbers';

export const workers: Words['workers'] = {
  title: 'کارگزارها',
  open: 'نمایش کارگزارها',
  keywords: 'کارگزار پردازش دستگاه حافظه وضعیت سرور workers gpu',
  says: 'پردازش‌های این سرور، آن‌گونه که در ثانیه‌های گذشته خود را گزارش کرده‌اند.',
  none: 'هیچ کارگزاری در حال اجرا نیست. کارها تا آغاز به کار یکی در انتظار می‌مانند.',
  kinds: { worker: 'کارگزار', reconciler: 'سامان‌دهنده', api: 'سرور API' },
  states: {
    idle: 'بی‌کار',
    busy: 'در حال اجرای کار',
    alive: 'در حال اجرا',
    stopping: 'در حال توقف',
    gone: 'از دست رفته',
  },
  seen: (seconds) => `دیده‌شده ${numbers.duration(seconds)} پیش`,
  up: (seconds) => `آغازشده ${numbers.duration(seconds)} پیش`,
  job: 'کار',
  device: 'دستگاه',
  free: 'حافظهٔ آزاد',
  freeOf: (free, total) => `${numbers.gigabytes(free)} از ${numbers.gigabytes(total)}`,
  resident: 'حافظهٔ گرفته',
  takes: (count) => numbers.gigabytes(count),
  models: 'مدل‌های در حافظه',
  noModels: 'هنوز هیچ',
  version: 'نسخه',
};
