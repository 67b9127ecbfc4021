/** The words of colour guides. */
export const guides = {
  kinds: {
    sketch: { name: 'Colour sketch', says: 'Paint roughly which colours go where.' },
    palette: { name: 'Palette', says: 'Give a box one colour.' },
    keep_close: { name: 'Keep close', says: 'Stay near a picture, or a part of it.' },
  },
  paletteOf: (colour: string) => `Palette ${colour}`,
};
