import type { Action } from '../../actions/action';
import type { Canvas, Kind } from '../../api/types';
import { withCanvas } from '../../document/draft';
import { edit, useDraft } from '../../document/store';
import { showJob } from '../../session';
import { words } from '../../words/words';

export type Sized = Exclude<Kind, 'custom'>;

type Size = readonly [width: number, height: number];

/** The usual sizes of each layout's canvas, as multiples of the side of the pictures that the model was trained on. */
const SIZES: Record<Sized, readonly Size[]> = {
  panorama: [
    [4, 1],
    [6, 1],
    [8, 1],
    [8, 2],
    [1, 4],
  ],
  regions: [
    [4, 1],
    [2, 2],
    [4, 2],
    [4, 4],
    [3, 2],
    [6, 2],
  ],
  scene: [
    [2, 1],
    [1, 1],
    [3, 1],
    [2, 2],
  ],
  portrait: [
    [2, 2],
    [1, 2],
    [1, 1.5],
    [1, 1],
  ],
  illusion: [
    [1, 1],
    [2, 1],
    [2, 2],
  ],
  texture: [
    [1, 1],
    [2, 1],
    [2, 2],
  ],
};

/** The usual sizes of a layout's canvas, by the names that the visitor reads. `native`: the side of the pictures that
 * the model was trained on. */
export const sizesFor = (kind: Sized, native: number): readonly string[] =>
  SIZES[kind].map((sides) => sides.map((side) => side * native).join(' × '));

/** Change the canvas. What it shows is a picture of the old size, so it goes. */
export function resize(change: Partial<Canvas>): void {
  edit((draft) => withCanvas(draft, change));
  showJob(null);
}

/** The width and height that a name such as "512 × 128" says. */
export function sizeNamed(name: string): Pick<Canvas, 'width' | 'height'> {
  const [width = 0, height = 0] = name.split(' × ').map(Number);
  return { width, height };
}

/** The usual sizes of the present layout. */
export function sizeActions(): readonly Action[] {
  const { kind, fittedTo } = useDraft.getState().draft;
  const names = kind === 'custom' ? [] : sizesFor(kind, fittedTo);
  return names.map((name) => ({
    id: `size.${name}`,
    label: words.size.resize(name),
    keywords: words.size.keywords,
    run: () => resize(sizeNamed(name)),
  }));
}
