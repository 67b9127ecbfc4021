/** TODO */
export const sceneExamples = {
  object: 'For example: a house',
};
