import { create } from 'zustand';
import type { Point } from '../../geometry/box';
import { select, useSession } from '../../session';
import type { words } from '../../words/words';

interface Brush {
  colour: string;
  /** The diameter, in canvas pixels. */
  size: number;
  /** The part of the radius over which the edge fades, from 0 to 1. */
  soft: number;
  erasing: boolean;
  /** The place of the brush when it is moved by keys, in canvas pixels; null while the pointer moves it. */
  at: Point | null;
}

/** The smallest and largest brush, in canvas pixels. */
export const SIZES = { min: 2, max: 512 };

export const SWATCHES: readonly (readonly [name: keyof typeof words.masks.swatches, colour: string])[] = [
  ['sky', '#9fd3ee'],
  ['blue', '#2f6fb0'],
  ['green', '#5f9a5c'],
  ['darkGreen', '#2f5a3f'],
  ['sand', '#e3c38a'],
  ['orange', '#e07b39'],
  ['red', '#b3382c'],
  ['purple', '#6d5a8d'],
  ['brown', '#6b4a34'],
  ['grey', '#8b8f96'],
  ['white', '#fbfaf6'],
  ['black', '#22252b'],
];

/** The brush of this tab, which paints masks and colour sketches. */
export const useBrush = create<Brush>(() => ({ colour: '#9fd3ee', size: 24, soft: 0, erasing: false, at: null }));

const STEPS = 1.25; // factor by which a key changes the size

export const setSize = (size: number) =>
  useBrush.setState({ size: Math.min(SIZES.max, Math.max(SIZES.min, Math.round(size))) });

/** Make the brush larger (1) or smaller (-1). */
export function growBrush(by: 1 | -1): void {
  const { size } = useBrush.getState();
  const next = by > 0 ? size * STEPS : size / STEPS;
  setSize(Math.round(next) === size ? size + by : next);
}

/** The colour of the next stroke; null erases. */
export function inkOf({ colour, erasing }: Pick<Brush, 'colour' | 'erasing'>): string | null {
  return erasing ? null : colour;
}

/** Move the focus to the canvas. On a phone, the sheet gives it room. */
function focusCanvas(): void {
  useSession.setState({ sheetOpen: false });
  requestAnimationFrame(() => document.querySelector<HTMLElement>('[data-testid=canvas]')?.focus());
}

/** Paint a sketch on the canvas, and move the focus there. */
export function startPainting(guide: string): void {
  useSession.setState({ selected: guide, writing: null, guideTool: { does: 'paint', guide } });
  focusCanvas();
}

/** Paint the mask of a patch or of the start on the canvas, and move the focus there. */
export function startMask(id: string): void {
  select(id);
  useSession.setState({ tool: 'brush' });
  useBrush.setState({ erasing: false });
  focusCanvas();
}

/** Let the next drag on the canvas draw the box of a guide, and bring the canvas into view. */
export function startPlacing(guide: string): void {
  useSession.setState({ selected: guide, writing: null, guideTool: { does: 'place', guide } });
  document.getElementById('canvas')?.scrollIntoView({ block: 'nearest', behavior: 'smooth' });
}

/** Put the brush, the eraser or the lasso away. */
export const stopPainting = () =>
  useSession.setState(({ tool }) => ({
    guideTool: null,
    sheetOpen: true,
    tool: tool === 'hand' || tool === 'rectangle' ? tool : 'select',
  }));
