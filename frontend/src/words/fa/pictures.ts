import type { Words } from '../words';

export const pictures: Words['pictures'] = {
  resizeMode: 'تغییر اندازه',
  notHere: 'روی این سرور نیست',
  sending: 'در حال فرستادن…',
  stillSending: 'هنوز تصویری در حال فرستادن است.',
  layoutChanged: 'تصویر به کار نرفت: هنگام فرستادن، چیدمان عوض شد. تصویر را دوباره برگزینید.',
  choose: 'گزینش تصویر',
  orDrop: '، یا تصویری اینجا رها کنید',
  another: 'تصویری دیگر…',
  remove: 'برداشتن',
  removeOne: (label) => `برداشتن: ${label}`,
  fits: {
    same: 'هیچ: شکل بوم را دارد',
    crop: 'برش به شکل بوم',
    stretch: 'کشیدن به شکل بوم',
  },
};
