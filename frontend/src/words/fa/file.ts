import type { Words } from '../words';
import { apart } from './bidi';

export const file: Words['file'] = {
  begin: 'آغاز از نو',
  beginKeywords: 'تازه خالی پاک new empty clear reset',
  open: 'باز کردن سند یا تصویر…',
  openKeywords: 'بار کردن وارد کردن فایل load import open file',
  saveJson: 'ذخیره به‌صورت JSON',
  saveKeywords: 'بارگیری صدور سند save download export document',
  copyCurl: 'رونوشت به‌صورت curl',
  copyPython: 'رونوشت به‌صورت پایتون',
  copyKeywords: 'کد رونوشت code API request copy',
  empty: 'بوم خالی است.',
  jobDocument: 'سند کار',
  opened: (name, leftOut) =>
    leftOut.length > 0
      ? `${apart(name)} باز است، بدون فیلدهایی که استودیو نمی‌شناسد: ${apart(leftOut.join(', '))}.`
      : `${apart(name)} باز است.`,
};
