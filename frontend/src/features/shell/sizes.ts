import type { Action } from '../../actions/action';
import type { Canvas, Kind } from '../../api/types';
import { withCanvas } from '../../document/draft';
import { edit, useDraft } from '../../document/store';
import { showJob } from '../../session';
import { words } from '../../words/words';

export type Sized = Exclude<Kind, 'custom'>;

/** The usual sizes of each layout's canvas, by the names that the visitor reads. */
export const PRESETS: Record<Sized, readonly string[]> = {
  panorama: ['512 × 128', '768 × 128', '1024 × 128', '1024 × 256', '128 × 512'],
  regions: ['512 × 128', '256 × 256', '512 × 256', '512 × 512', '384 × 256', '768 × 256'],
  scene: ['256 × 128', '128 × 128', '384 × 128', '256 × 256'],
  portrait: ['256 × 256', '128 × 256', '128 × 192', '128 × 128'],
  illusion: ['128 × 128', '256 × 128', '256 × 256'],
  texture: ['128 × 128', '256 × 128', '256 × 256'],
};

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
  const { kind } = useDraft.getState().draft;
  const names = kind === 'custom' ? [] : PRESETS[kind];
  return names.map((name) => ({
    id: `size.${name}`,
    label: words.size.resize(name),
    keywords: words.size.keywords,
    run: () => resize(sizeNamed(name)),
  }));
}
