import type { Words } from '../words';
import { apart } from './bidi';

export const anchors: Words['anchors'] = {
  position: (number) => `جای پرامپت ${number} در طول بوم، به پیکسل`,
  pixels: 'px',
  spread: 'پخش یکنواخت',
  spreadTitle: 'پخش دوبارهٔ یکنواخت پرامپت‌ها در طول بوم',
  wereSpread: 'پرامپت‌ها یکنواخت پخش شده‌اند',
  dragHint: 'برای جابه‌جایی پرامپت، نشانهٔ آن را روی بوم بکشید.',
  movedTo: (number, pixel) => `پرامپت ${number} در ${pixel} پیکسل`,
  chosen: (number, prompt, pixel) =>
    `پرامپت ${number}، ${prompt ? apart(prompt) : 'هنوز بدون پرامپت'}، در ${pixel} پیکسل`,
  keys: 'کروشه‌ها از پرامپتی به پرامپت دیگر می‌روند، جهت‌نماها پرامپت گزیده را در طول بوم جابه‌جا می‌کنند، Enter آن را می‌نویسد. پنل کناری همین‌ها را به‌صورت فیلد دارد.',
};
