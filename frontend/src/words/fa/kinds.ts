import type { Words } from '../words';

export const kinds: Words['kinds'] = {
  panorama: { name: 'پانوراما', says: 'یک تصویر پهن یا بلند' },
  regions: { name: 'ناحیه‌ها', says: 'کادرهایی روی یک پس‌زمینه' },
  scene: { name: 'صحنه', says: 'یک پس‌زمینه، یک شیء، و هر دو با هم' },
  portrait: { name: 'پرتره', says: 'یک پیکره، با پرامپتی جدا برای سر' },
  illusion: { name: 'خطای دید', says: 'تصویری دیگر هنگام چرخش یا قرینه شدن' },
  texture: { name: 'بافت', says: 'تصویری که بدون درز تکرار می‌شود' },
  custom: { name: 'دلخواه', says: 'گراف خودتان' },
};
