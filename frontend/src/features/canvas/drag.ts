import { create } from 'zustand';
import type { Box } from '../../api/types';
import type { Places } from '../../geometry/arrange';
import type { Point } from '../../geometry/box';
import type { GuideLine } from '../../geometry/snapping';
import type { Stroke } from '../../geometry/strokes';
import { useSession } from '../../session';

/** The line around an area that is added or removed. `inverse`: it does the opposite of the present brush. */
export interface Outline {
  points: readonly number[];
  inverse: boolean;
}

/** A drag that is not part of the draft yet. It becomes one edit when the hand lets go, so that nothing else is drawn
 * again while it moves. */
export interface Drag {
  /** The places of the boxes that are moved or resized; null while none is. */
  places: Places | null;
  /** The ids in `places`. It stays the same list during a drag. */
  moving: readonly string[];
  /** The drag leaves the boxes where they are, and places copies. */
  copies: boolean;
  /** The joint of a figure that is moved. */
  joint: { at: number; to: [number, number] } | null;
  /** The positions of a panorama's prompts while one of them is moved, as fractions of its length. */
  positions: readonly number[] | null;
  /** The box that is drawn. */
  drawn: Box | null;
  /** The frame that selects what it touches. */
  marquee: Box | null;
  /** The lines that the moved box is aligned with. */
  lines: readonly GuideLine[];
  /** The stroke that is painted, and where the brush is, in canvas pixels. */
  stroke: Stroke | null;
  pointer: Point | null;
  /** The line of the lasso while its corners are set. It outlasts a drag. */
  outline: Outline | null;
}

const NOTHING: Omit<Drag, 'pointer' | 'outline'> = {
  places: null,
  moving: [],
  copies: false,
  joint: null,
  positions: null,
  drawn: null,
  marquee: null,
  lines: [],
  stroke: null,
};

export const useDrag = create<Drag>(() => ({ ...NOTHING, pointer: null, outline: null }));

// A line that was begun belongs to one tool and one target.
useSession.subscribe(({ tool, selected, guideTool }, before) => {
  if (tool === before.tool && selected === before.selected && guideTool === before.guideTool) return;
  if (useDrag.getState().outline) useDrag.setState({ outline: null });
});

export const endDrag = (): void => useDrag.setState(NOTHING);
