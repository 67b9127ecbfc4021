import type { Words } from '../words';
import { apart } from './bidi';

export const adapters: Words['adapters'] = {
  preprocessor: 'پیش‌پردازنده',
  edges: 'لبه‌ها (Canny)',
  noPreprocessor: 'هیچ: تصویر خودش نقشه است',
  controlNet: 'ControlNet',
  controlStrength: 'قدرت ControlNet',
  controlStrengthHint: 'نتیجه چقدر به تصویر پایبند می‌ماند: 0 آن را نادیده می‌گیرد.',
  poseInstead: 'ژست جای تصویر ControlNet را گرفته است.',
  controlPicture: 'تصویر ControlNet',
  controlPictureHint: 'نتیجه از لبه‌ها یا شکل‌های آن پیروی می‌کند. کل بوم را می‌پوشاند.',
  loras: 'LoRAها',
  loraHint: 'وزن LoRA؛ زیر 0 از حال‌وهوای آن دور می‌شود.',
  anotherLora: 'LoRA دیگر',
  lora: 'LoRA',
  noLora: 'هیچ',
  reference: 'تصویر مرجع (IP-Adapter)',
  referenceHint: 'نتیجه سبک و موضوع‌های آن را می‌گیرد، نه جایشان را.',
  ipAdapter: 'IP-Adapter',
  notForModel: (name) => `${apart(name)} (برای این مدل نیست)`,
  remove: (name) => `برداشتن ${apart(name)}`,
};
