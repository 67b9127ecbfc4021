import type { Words } from '../words';

export const examples: Words['examples'] = {
  'custom-near-and-far': 'نزدیک و دور',
  'illusion-peaks-or-sea': 'قله‌ها یا دریا',
  'panorama-desert-to-sea': 'از بیابان تا دریا',
  'panorama-snowy-night': 'شب برفی',
  'portrait-doctor': 'پزشک',
  'portrait-singer': 'خواننده',
  'regions-four-things-in-a-meadow': 'چهار چیز در چمنزار',
  'scene-lonely-person': 'آدم تنها',
  'scene-oasis': 'واحه',
  'texture-endless-forest': 'جنگل بی‌پایان',
};
