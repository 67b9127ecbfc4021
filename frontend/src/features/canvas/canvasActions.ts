import type { Action } from '../../actions/action';
import type { Alignment } from '../../geometry/arrange';
import { around } from '../../geometry/box';
import { focusCanvas } from '../../ui/focusCanvas';
import type { IconName } from '../../ui/icons';
import { isTyping } from '../../ui/textFields';
import { words } from '../../words/words';
import {
  alignSelection,
  distributeSelection,
  duplicateSelection,
  orderSelection,
  toggleHidden,
  toggleLock,
} from './arranging';
import { insertBox } from './commands';
import { movableBoxes, selectEverything, selectedIds } from './selection';
import { fit, fitTo, toggleWeights, useStage, zoomIn, zoomOut, zoomTo } from './stage';

const say = words.canvas;

/** Show the selected boxes as large as they fit. */
function fitSelection(): void {
  const ids = selectedIds();
  const boxes = useStage.getState().boxes.filter(({ id }) => ids.includes(id));
  if (boxes.length > 0) fitTo(around(boxes.map(({ box }) => box)));
}

const isSelected = () => selectedIds().length > 0;

const viewActions = (): readonly Action[] => [
  { id: 'canvas.zoomIn', label: say.zoomIn, keywords: say.zoomKeywords, icon: 'plus', keys: ['Mod++'], run: zoomIn },
  {
    id: 'canvas.zoomOut',
    label: say.zoomOut,
    keywords: say.zoomKeywords,
    icon: 'minus',
    keys: ['Mod+-'],
    run: zoomOut,
  },
  {
    id: 'canvas.actualSize',
    label: say.actualSize,
    keywords: say.zoomKeywords,
    keys: ['Shift+0', 'Mod+0'],
    run: () => zoomTo(1),
  },
  { id: 'canvas.fit', label: say.fit, keywords: say.zoomKeywords, icon: 'fit', keys: ['Shift+1'], run: fit },
  {
    id: 'canvas.weights',
    label: say.weights,
    keywords: say.weightsKeywords,
    icon: 'weights',
    run: toggleWeights,
  },
  {
    id: 'canvas.fitSelection',
    label: say.fitSelection,
    keywords: say.zoomKeywords,
    keys: ['Shift+2'],
    enabled: isSelected,
    run: fitSelection,
  },
];

/** True if the keys can be meant for the canvas. */
const isFree = () => !isTyping();
/** True if the canvas shows the draft. Nobody sees an edit of boxes behind a picture of another size. */
const isShown = () => !useStage.getState().foreign;
const acts = () => isFree() && isShown() && selectedIds().length > 0;
const several = (least: number) => () => movableBoxes().length >= least;

/** Add a box, and give the canvas the focus, so that the next keys move the box and write its prompt. */
function newBox(): void {
  insertBox(useStage.getState().cell);
  focusCanvas();
}

const boxActions = (): readonly Action[] => [
  { id: 'box.new', label: say.newBox, icon: 'plus', keys: ['N'], enabled: isShown, run: newBox },
  { id: 'box.selectAll', label: say.selectAll, keys: ['Mod+A'], enabled: isFree, run: selectEverything },
  { id: 'box.duplicate', label: say.duplicate, icon: 'copy', keys: ['Mod+D'], enabled: acts, run: duplicateSelection },
  {
    id: 'box.lock',
    label: say.lockSelection,
    icon: 'lock',
    keys: ['Mod+Shift+L'],
    enabled: isSelected,
    run: toggleLock,
  },
  {
    id: 'box.hide',
    label: say.hideSelection,
    icon: 'hidden',
    keys: ['Mod+Shift+H'],
    enabled: isSelected,
    run: toggleHidden,
  },
];

const order = (id: string, label: string, icon: IconName, keys: string, by: 1 | -1, end: boolean): Action => ({
  id,
  label,
  icon,
  keywords: say.orderKeywords,
  keys: [keys],
  enabled: acts,
  run: () => orderSelection(by, end),
});

const orderActions = (): readonly Action[] => [
  order('box.forward', say.bringForward, 'forward', 'Mod+]', 1, false),
  order('box.backward', say.sendBackward, 'backward', 'Mod+[', -1, false),
  order('box.front', say.bringToFront, 'forward', 'Mod+Shift+]', 1, true),
  order('box.back', say.sendToBack, 'backward', 'Mod+Shift+[', -1, true),
];

const alignments = (): readonly (readonly [Alignment, string, IconName])[] => [
  ['left', say.alignLeft, 'alignLeft'],
  ['centre', say.alignCentre, 'alignCentre'],
  ['right', say.alignRight, 'alignRight'],
  ['top', say.alignTop, 'alignTop'],
  ['middle', say.alignMiddle, 'alignMiddle'],
  ['bottom', say.alignBottom, 'alignBottom'],
];

const arrangeActions = (): readonly Action[] => [
  ...alignments().map(([at, label, icon]) => ({
    id: `box.align.${at}`,
    label,
    icon,
    keywords: say.alignKeywords,
    enabled: several(2),
    run: () => alignSelection(at),
  })),
  ...(
    [
      ['x', say.distributeX, 'distributeX'],
      ['y', say.distributeY, 'distributeY'],
    ] as const
  ).map(([axis, label, icon]) => ({
    id: `box.distribute.${axis}`,
    label,
    icon,
    keywords: say.alignKeywords,
    enabled: several(3),
    run: () => distributeSelection(axis),
  })),
];

/** What a visitor can do on the canvas. */
export const canvasActions = (): readonly Action[] => [
  ...viewActions(),
  ...boxActions(),
  ...orderActions(),
  ...arrangeActions(),
];
