import type { Words } from '../words';
import { apart } from './bidi';

export const layersOut: Words['layersOut'] = {
  exportAs: {
    ora: 'صدور لایه‌ها برای Krita یا GIMP (OpenRaster)',
    psd: 'صدور لایه‌ها برای Photoshop (PSD)',
  },
  keywords: 'ماسک ذخیره نقاشی masks download save painting',
  menu: 'صدور لایه‌ها',
  preparing: 'دریافت لایه‌ها…',
  saved: (name) => `${apart(name)} ذخیره شد.`,
  failed: 'لایه‌ها صادر نشدند. دوباره تلاش کنید.',
};
