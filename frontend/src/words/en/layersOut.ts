/** The words of the export of a picture's layers. */
export const layersOut = {
  exportAs: {
    ora: 'Export layers for Krita or GIMP (OpenRaster)',
    psd: 'Export layers for Photoshop (PSD)',
  },
  keywords: 'masks download save painting',
  menu: 'Export layers',
  preparing: 'The layers are being fetched…',
  saved: (name: string) => `${name} is saved.`,
  failed: 'The layers could not be exported. Try again.',
};
