/** The words of the window: header, drawer, keys. */
export const shell = {
  undo: 'Undo',
  redo: 'Redo',
  keysAndHelp: 'Keys and help',
  helpKeywords: 'shortcuts keyboard',
};
