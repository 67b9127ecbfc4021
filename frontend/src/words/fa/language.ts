import type { Words } from '../words';
import { apart } from './bidi';

export const language: Words['language'] = {
  title: 'زبان',
  keywords: 'زبان ترجمه انگلیسی فارسی language translation english persian farsi',
  auto: 'مانند مرورگر',
  use: (name) => `زبان: ${apart(name)}`,
  notLoaded: 'زبان بار نشد. سرور پاسخ نمی‌دهد، یا نسخهٔ تازه‌تری دارد. صفحه را از نو بار کنید.',
};
