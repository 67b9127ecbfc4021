import type { Words } from '../words';
import { ltr } from './bidi';

export const start: Words['start'] = {
  area: 'محدودهٔ ترمیم',
  areaHint: 'بقیهٔ تصویر دقیقاً همان پیکسل‌هایش را نگه می‌دارد.',
  mask: 'ماسک',
  featherHint: 'بخش تازه در چند پیکسل در بقیه محو می‌شود.',
  seed: 'بذر این بخش',
  strength: 'شدت',
  strengthHint: 'تصویر چقدر تغییر کند: نزدیک 0% آن را نگه می‌دارد، 100% آن را نادیده می‌گیرد.',
  inpaints: 'بخشی از یک تصویر را ترمیم می‌کند.',
  starts: 'از یک تصویر آغاز می‌کند.',
  forget: 'آغاز از نویز',
  fromNoise: 'از نویز',
  pictureHint: 'تصویری که کار با آن آغاز می‌شود. همهٔ آن یا بخشی از آن، مطابق پرامپت‌ها تغییر می‌کند.',
  isStart: 'تصویر بعدی از این تصویر آغاز می‌شود.',
  rerolling: 'کادر از نو ساخته می‌شود؛ بقیهٔ تصویر می‌ماند',
  notRerolled: 'کادر از نو ساخته نشد: در این میان چیدمان عوض شد.',
  forgotten: 'تصویرها باز از نویز آغاز می‌شوند.',
  parts: {
    all: 'همهٔ تصویر',
    'box outside': 'درون یک کادر',
    'box inside': 'بیرون یک کادر',
    'mask outside': 'بخش سفید یک ماسک',
    'mask inside': 'بخش سیاه یک ماسک',
  },
  maskHint: (width, height) => `تصویری ${ltr(`${width} × ${height}`)} پیکسلی، سیاه و سفید.`,
  inpaint: (percent) => `ترمیم، ${percent}%`,
  imageToImage: (percent) => `تصویر به تصویر، ${percent}%`,
};
