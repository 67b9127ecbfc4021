import type { Words } from '../words';
import { apart } from './bidi';

export const reading: Words['reading'] = {
  notJson: 'فایل JSON نیست.',
  document: 'سند',
  draft: 'پیش‌نویس',
  noWindow: 'layout.windows باید دست‌کم یک پرامپت داشته باشد.',
  noGraph: 'گرافی بنویسید، یا از چیدمانی دیگر آغاز کنید.',
  noObject: 'گراف یک شیء با controls و observables و outputs است.',
  damaged: 'سند کار درون تصویر آسیب دیده یا بسیار بلند است.',
  object: (where) => `${apart(where)} باید شیء باشد.`,
  list: (where) => `${apart(where)} باید فهرست باشد.`,
  string: (where) => `${apart(where)} باید متن باشد.`,
  number: (where) => `${apart(where)} باید عدد باشد.`,
  boolean: (where) => `${apart(where)} باید true یا false باشد.`,
  unknown: (where, field) => `${apart(where)} فیلدی دارد که استودیو نمی‌شناسد: ${apart(field)}.`,
  oneOf: (where, values) => `${apart(where)} باید یکی از این‌ها باشد: ${apart(values.join(', '))}.`,
  numbers: (where, count) => `${apart(where)} باید ${count} عدد باشد.`,
  names: (where) => `${apart(where)} باید فهرستی از نام‌ها باشد.`,
  notJsonYet: (why) => `این هنوز JSON نیست: ${apart(why)}.`,
  noPrompts: 'layout.positions به layout.windows نیاز دارد، با پرامپتی برای هر جا.',
};
