/** The kinds of layouts: their names, and what each makes. */
export const kinds = {
  panorama: { name: 'Panorama', says: 'One wide or tall picture' },
  regions: { name: 'Regions', says: 'Boxes on a background' },
  scene: { name: 'Scene', says: 'A background, an object, and both in one' },
  portrait: { name: 'Portrait', says: 'A figure, with a separate prompt for its head' },
  illusion: { name: 'Illusion', says: 'Another picture when rotated or mirrored' },
  texture: { name: 'Texture', says: 'A picture that tiles without a seam' },
  custom: { name: 'Custom', says: 'A graph of your own' },
};
