import type { Words } from '../words';

export const terms: Words['terms'] = {
  weight: 'وزن',
  guidance: 'راهنمایی (CFG)',
  prompt: 'پرامپت',
  model: 'مدل',
  guidanceRescale: 'مقیاس دوبارهٔ راهنمایی',
  eta: 'اِتا (eta)',
  sampler: 'نمونه‌گیر',
  spacing: 'فاصلهٔ گام‌ها',
  sampling: 'نمونه‌گیری',
  outputs: 'خروجی‌ها',
  negativePrompt: 'پرامپت منفی',
  seed: 'بذر (seed)',
  background: 'پس‌زمینه',
  bootstrapping: 'راه‌اندازی (bootstrapping)',
  feather: 'محو لبه',
  start: 'تصویر به تصویر / ترمیم',
};
