/** The words of the strip below the canvas: the pictures of a scene, and the readings of an illusion. */
export const strip = {
  ofScene: 'Pictures of the scene',
  ofIllusion: 'Readings of the picture',
  open: 'Open the strip',
  close: 'Close the strip',
  toggle: 'Open or close the strip of pictures',
  keywords: 'scene illusion background object composite readings show hide',
  composite: 'Composite',
  reading: (number: number, way: string) => `${number}. ${way}`,
  waits: 'No preview yet',
  notKept: 'Not kept. Before a run, tick it in Sampling, Outputs.',
  atStep: (step: number) => `step ${step}`,
};
