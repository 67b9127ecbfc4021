/** The words of a panorama's prompts and their places along the canvas. */
export const anchors = {
  position: (number: number) => `Position of prompt ${number} along the canvas, in pixels`,
  pixels: 'px',
  spread: 'Spread evenly',
  spreadTitle: 'Spread the prompts evenly along the canvas again',
  wereSpread: 'The prompts are spread evenly',
  dragHint: 'Drag a marker on the canvas to move its prompt.',
  movedTo: (number: number, pixel: number) => `Prompt ${number} at ${pixel} pixels`,
  chosen: (number: number, prompt: string, pixel: number) =>
    `Prompt ${number}, ${prompt || 'no prompt yet'}, at ${pixel} pixels`,
  keys: 'Press square brackets to go from prompt to prompt, arrows to move the chosen one along the canvas, Enter to write it. The panel beside has the same as fields.',
};
