import { useMemo } from 'react';
import type { GraphSpec } from '../../api/types';
import type { Drawn } from '../../document/boxes';
import type { Draft } from '../../document/draft';
import { shownOf } from '../../document/flags';
import { colourOf, unitsOf } from '../../geometry/colour';
import { type Shares, sharesOf, type Weighed } from '../../geometry/weights';
import { useCell, useGenerate } from '../jobs/useGenerate';
import { contextOf } from '../pictures/alpha';
import { useDrag } from './drag';
import { Image } from './konva';
import { useStage } from './stage';

const TINT = 0.28; // the opacity of a patch that has the whole say
const SHOWN = 0.85; // the same while the weights are shown

/** The patches as they are weighed, without those that are being moved or painted. Only the server knows where a mask
 * lies. */
function weighed(
  draft: Draft,
  boxes: readonly Drawn[],
  masks: GraphSpec['masks'] | undefined,
  moving: readonly string[],
): Weighed[] {
  return shownOf(draft, draft.regions.patches).flatMap(({ id, feather = 0, weight = 1 }) => {
    const drawn = boxes.find((one) => one.id === id);
    const mask = drawn?.shape ? masks?.[id] : undefined;
    if (!drawn || moving.includes(id) || (drawn.shape && !mask)) return [];
    return [{ id, box: drawn.box, feather, weight, mask }];
  });
}

/** A picture with a pixel for each cell, in the colours of the patches, mixed as they are weighted. */
function painted({ columns, rows, of }: Shares, opacity: number): OffscreenCanvas {
  const canvas = new OffscreenCanvas(columns, rows);
  const context = contextOf(canvas);
  const image = context.createImageData(columns, rows);
  const parts = [...of].map(([id, shares]) => ({ shares, colour: unitsOf(colourOf(id)) }));
  for (let at = 0; at < columns * rows; at++) {
    let sum = 0;
    const mixed = [0, 0, 0];
    for (const { shares, colour } of parts) {
      const share = shares[at] ?? 0;
      sum += share;
      for (let part = 0; part < 3; part++) mixed[part] = (mixed[part] ?? 0) + share * (colour[part] ?? 0);
    }
    if (sum === 0) continue;
    image.data.set([...mixed.map((value) => Math.round((255 * value) / sum)), Math.round(255 * opacity * sum)], 4 * at);
  }
  context.putImageData(image, 0, 0);
  return canvas;
}

/** The tints of the patches of a regions layout, mixed as their prompts will be weighted where they overlap. */
export function WeightMap({ draft, boxes }: { draft: Draft; boxes: readonly Drawn[] }) {
  const cell = useCell();
  const moved = useDrag((now) => (now.copies ? NONE : now.moving));
  const paints = useStage((now) => now.paints);
  const moving = useMemo(() => (paints === null ? moved : [...moved, paints]), [moved, paints]); // drawn by their frames
  const strong = useStage((now) => now.weights);
  const masks = useGenerate().compiled?.graph.masks;
  const { canvas } = draft.regions;
  const image = useMemo(
    () => painted(sharesOf(weighed(draft, boxes, masks, moving), canvas, cell), strong ? SHOWN : TINT),
    [draft, boxes, masks, moving, canvas, cell, strong],
  );
  const size = { width: Math.ceil(canvas.width / cell) * cell, height: Math.ceil(canvas.height / cell) * cell };
  return <Image image={image as unknown as HTMLCanvasElement} {...size} />;
}

const NONE: readonly string[] = [];
