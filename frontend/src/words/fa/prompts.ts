import type { Words } from '../words';
import { apart, ltr } from './bidi';
import { plural, whole } from './numbers';

export const prompts: Words['prompts'] = {
  write: 'نوشتن پرامپت',
  writeKeywords: 'متن ویرایش نوشتن write text edit type describe',
  usedBefore: 'پیش‌تر به‌کاررفته',
  history: 'پرامپت‌های پیشین (Alt ↑)',
  historyOf: 'پرامپت‌های پیشین',
  noHistory: 'هنوز پرامپتی نیست. پرامپت‌های کارهایتان اینجا پیدا می‌شوند.',
  words: 'واژه‌هایی که مدل می‌شناسد (Ctrl Space)',
  completions: 'تکمیل‌ها',
  singleWords: 'واژه‌های تکی',
  tooLong: (count, most) =>
    `پرامپت ${whole(count)} نویسه دارد: ${whole(count - most)} نویسه بیش از اندازه. حداکثر ${whole(most)} نویسه پذیرفته می‌شود.`,
  nearlyTooLong: (count, most) => `${whole(count)} از ${whole(most)} نویسه.`,
  unknownWords: (model, unknown) => `${apart(model)} این‌ها را نمی‌شناسد: ${apart(unknown.join(', '))}`,
  tokens: (tokens, limit) => `${tokens} از ${limit} توکن`,
  aboutTokens: (tokens, limit) => `حدود ${tokens} از ${limit} توکن`,
  chunks: (tokens, limit, chunks) =>
    `${tokens} توکن: رمزگذار متن هر بار حداکثر ${limit} توکن می‌خواند، پس این پرامپت را در ${plural(chunks, { other: 'بخش' })} می‌خواند. چیزی بریده نمی‌شود.`,
  weights: (phrases) => `وزن‌ها: ${apart(phrases.join(', '))}`,
  recalled: (text) => `پرامپت از تاریخچه: ${apart(text)}`,
  typedAgain: 'دوباره متن خودتان',
  heavier: 'افزودن وزن واژه‌های گزیده',
  lighter: 'کاستن وزن واژه‌های گزیده',
  weighKeywords: 'پرامپت وزن توجه prompt weight attention emphasis',
  weighed: (text, weight) => `${apart(text)}: وزن ${weight}`,
  cannotWeigh: 'وزن این واژه‌ها بیش از این تغییر نمی‌کند.',
  onBox: 'پرامپت این کادر، روی بوم',
  onBoxHint: 'در این کادر چیست؟',
  groups: 'گروه‌های واژه',
  known: (model) => `واژه‌هایی که ${apart(model)} می‌شناسد`,
  more: (count) => `${count} تای دیگر`,
  loraInText: (found) => `«${ltr(found)}» به‌صورت متن خوانده می‌شود. LoRA را در تنظیمات این پرامپت برگزینید.`,
  weightInside: (found, inside, weight) =>
    `«${ltr(found)}» به‌صورت متن خوانده می‌شود. وزن پس از پرانتز می‌آید: ${ltr(`(${inside})${weight}`)}.`,
  weightApart: (found) => `«${ltr(found)}» به‌صورت متن خوانده می‌شود. وزن بی‌درنگ پس از پرانتز می‌آید، بدون فاصله.`,
  noWeight: (found, inside) =>
    `«${ltr(found)}» بدون عدد وزنی نمی‌دهد. بنویسید ${ltr(`(${inside})1.2`)} یا ${ltr(`(${inside})++`)}.`,
  notOpened: `یک «${ltr(')')}» پیش از خود «${ltr('(')}» ندارد، و به‌صورت متن خوانده می‌شود.`,
  notClosed: (count) => `${count} «${ltr('(')}» بسته نشده و به‌صورت متن خوانده می‌شود.`,
};
