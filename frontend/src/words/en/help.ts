type Rows = readonly (readonly [keys: string, says: string])[];

const canvasKeys: Rows = [
  ['Space and drag', 'move the canvas; so do the wheel, the middle button and two fingers'],
  ['Ctrl and wheel', 'zoom at the pointer; so do two fingers'],
  ['Shift and click', 'select several'],
  ['Alt and drag', 'place a copy'],
  ['Ctrl C, Ctrl X, Ctrl V', 'copy, cut, paste boxes, also into another layout or tab'],
  ['Shift, Alt, Ctrl', 'during a resize: in proportion, from the centre, without snapping'],
  [']  [', 'next and previous box'],
  ['Arrows', 'move by one cell of the model’s grid; with Shift by four'],
  ['Alt Arrows', 'resize by one cell; with Shift by four'],
  ['Page Up  Page Down', 'bring forward, send backward'],
  ['Enter', 'write its prompt'],
  ['Shift R', 'reroll it in the finished picture, and keep the rest'],
  ['Delete', 'delete'],
  ['Esc', 'choose nothing; in a prompt: back to the canvas'],
];

const brushKeys: Rows = [
  ['Arrows', 'move the brush by one cell; with Shift, paint'],
  ['Space', 'paint a dot'],
  ['[  ]', 'a smaller or larger brush'],
  ['E', 'eraser'],
  ['Space, Enter', 'with the lasso: set a corner, close the area'],
  ['Alt', 'with the lasso: remove the area'],
  ['Esc', 'cancel the lasso; stop painting'],
];

const panoramaKeys: Rows = [
  [']  [', 'next and previous prompt'],
  ['Arrows', 'move the prompt along the canvas by one cell; with Shift by four'],
  ['Enter', 'write it'],
];

const galleryKeys: Rows = [
  ['↓', 'in the search: to the pictures'],
  ['Arrows', 'from picture to picture; with Shift, select them'],
  ['Space', 'select'],
  ['Enter', 'show the picture on the canvas'],
  ['O', 'open its layout'],
  ['F', 'mark as a favourite'],
  ['Delete', 'put into the trash'],
  ['Ctrl A', 'select all'],
];

/** The words of the sheet of keys. */
export const help = {
  title: 'Keys',
  /** By the first part of the id of their actions. */
  groups: {
    run: 'Run',
    file: 'Document',
    edit: 'Edit',
    show: 'Show',
    graph: 'Graph',
    tool: 'Tools',
    canvas: 'View of the canvas',
    box: 'Boxes',
    layers: 'Layers',
    prompt: 'Prompts',
    reroll: 'Rerolled box',
    compare: 'Comparison',
  },
  others: 'More',
  onCanvas: 'On the canvas, once it has the focus',
  whilePainting: 'On the canvas, while you paint a mask or a colour sketch',
  canvasKeys,
  brushKeys,
  onPanorama: 'On the canvas of a panorama with several prompts',
  panoramaKeys,
  inGallery: 'In the gallery',
  galleryKeys,
};
