/** The names of the examples, by their ids. */
export const examples = {
  'custom-near-and-far': 'Near and far',
  'illusion-peaks-or-sea': 'Peaks or sea',
  'panorama-desert-to-sea': 'Desert to sea',
  'panorama-snowy-night': 'Snowy night',
  'portrait-doctor': 'Doctor',
  'portrait-singer': 'Singer',
  'regions-four-things-in-a-meadow': 'Four things in a meadow',
  'scene-lonely-person': 'Lonely person',
  'scene-oasis': 'Oasis',
  'texture-endless-forest': 'Endless forest',
};
