/** The words for looking at pictures, and for pictures that a visitor brings: from the clipboard, or dropped. */
export const looks = {
  unreadable: 'The picture could not be read.',
  pasted: 'The pasted picture',
  tooLarge: (name: string, most: number) => `${name} is too large. The most is ${most} MB.`,
  noPicture: (name: string) =>
    `${name} cannot be read as a picture. It is damaged, has too many pixels, or is in a format that the browser does not know. Use a PNG, WebP or JPEG.`,
  notOpened: (name: string, why: string) => `${name} could not be opened. ${why}`,
  fileUnreadable: 'The file could not be read.',
  noDocument: 'The picture carries no document of Inlay.',
  useOf: (name: string) => `Use of ${name}`,
  sizeOf: (name: string, width: number, height: number) => `${name}, ${width} × ${height}`,
  openDocument: 'Open its layout and settings',
  startFrom: 'Start from it (img2img)',
  sketch: 'Colour sketch (guide)',
  keepClose: 'Keep close (guide)',
  reference: (box: string) => `IP-Adapter reference of ${box}`,
  cancel: 'Cancel',
  isSketch: 'The picture is a colour sketch.',
  isKept: 'The next picture keeps close to this one.',
  isReference: (box: string) => `The picture is the reference of ${box}.`,
};
