const AFTER = 1_000; // milliseconds in which the screen may still draw a picture that was replaced

/** Free the memory of a picture that was replaced. A browser frees it much later by itself. */
export const retire = (picture: Pick<ImageBitmap, 'close'>): void => {
  setTimeout(() => picture.close(), AFTER);
};
