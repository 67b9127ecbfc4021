import type { Words } from '../words';

export const theme: Words['theme'] = {
  title: 'رنگ‌ها',
  keywords: 'پوسته رنگ ظاهر theme colour scheme appearance',
  auto: 'مانند سیستم',
  light: 'روشن',
  dark: 'تیره',
  use: (name) => `رنگ‌ها: ${name}`,
};
