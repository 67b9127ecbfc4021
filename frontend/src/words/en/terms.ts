/** The terms of the field. Every view that shows a setting calls it by these. */
export const terms = {
  weight: 'Weight',
  guidance: 'Guidance',
  prompt: 'Prompt',
  model: 'Model',
  guidanceRescale: 'Guidance rescale',
  eta: 'Eta',
  sampler: 'Sampler',
  spacing: 'Step spacing',
  sampling: 'Sampling',
  outputs: 'Outputs',
  negativePrompt: 'Negative prompt',
  seed: 'Seed',
  background: 'Background',
  bootstrapping: 'Bootstrapping',
  feather: 'Feather',
  start: 'Image to image / Inpaint',
};
