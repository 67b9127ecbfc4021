import type { Box, Canvas, Kind, Prompted, Sampling } from '../api/types';
import type { Stroke } from '../geometry/strokes';
import type { Draft, DraftPatch, DraftStart } from './draft';
import type { Guide } from './guide';

type Windows = Sampling['windows'];
type Shaped = { box?: Box | null; mask?: string | null; strokes?: readonly Stroke[] };

const boxOf = <B extends Box | null | undefined>(box: B, by: number): B =>
  box && { ...box, x: by * box.x, y: by * box.y, width: by * box.width, height: by * box.height };

const strokesOf = (strokes: readonly Stroke[], by: number): Stroke[] =>
  strokes.map((one) => ({ ...one, size: by * one.size, points: one.points.map((value) => by * value) }));

/** A prompt whose pose stays where its figure is. */
function prompted<P extends Prompted>(one: P, by: number): P {
  if (one.control?.kind !== 'pose') return one;
  const joints = one.control.joints.map((joint) => joint.map((value) => by * value));
  return { ...one, control: { ...one.control, joints } };
}

const patchOf = (patch: DraftPatch, by: number): DraftPatch => ({
  ...prompted(patch, by),
  box: boxOf(patch.box, by),
  feather: by * patch.feather,
  ...(patch.strokes && { strokes: strokesOf(patch.strokes, by) }),
});

function guideOf(guide: Guide, by: number): Guide {
  const box = boxOf(guide.box, by);
  if (guide.kind === 'keep_close') return { ...guide, box };
  const scale = guide.scale == null ? guide.scale : by * guide.scale;
  return guide.kind === 'sketch'
    ? { ...guide, box, scale, strokes: strokesOf(guide.strokes, by) }
    : { ...guide, box, scale };
}

const startOf = (start: DraftStart, by: number): DraftStart => ({
  ...start,
  box: boxOf(start.box, by),
  feather: by * start.feather,
  ...(start.strokes && { strokes: strokesOf(start.strokes, by) }),
});

const windowsOf = ({ size, stride, ...others }: Windows, by: number): Windows => ({
  ...others,
  ...(size != null && { size: by * size }),
  ...(stride != null && { stride: by * stride }),
});

const isSmall = ({ width, height }: Canvas, native: number): boolean => factorFor(width, height, native) > 1;

/** How many times as large a canvas has to be, so that its shorter side is that of the pictures that the model was
 * trained on (`native`): 1 if it has more than half of it. */
export const factorFor = (width: number, height: number, native: number): number => {
  const side = Math.min(width, height);
  return 2 * side > native ? 1 : Math.ceil(native / side);
};

const hasMask = (one: Shaped | null): boolean => one?.mask != null;

/** True if the current layout or the start has a mask. It is a picture of the canvas's size, so it cannot grow. */
export const hasMasks = (draft: Draft): boolean =>
  hasMask(draft.start) ||
  (draft.kind === 'regions' && draft.regions.patches.some(hasMask)) ||
  (draft.guides[draft.kind] ?? []).some(hasMask);

/** Make the layouts whose canvas is too small for a model `by` times as large, with all that is on them. A custom graph
 * stays as it is. */
export function enlarged(draft: Draft, native: number, by: number): Draft {
  const { panorama, regions, scene, portrait, illusion, texture, start, sampling, guides } = draft;
  const grow = ({ canvas }: { canvas: Canvas }) => (isSmall(canvas, native) ? by : 1);
  const bys: Record<Kind, number> = {
    panorama: grow(panorama),
    regions: grow(regions),
    scene: grow(scene),
    portrait: grow(portrait),
    illusion: grow(illusion),
    texture: grow(texture),
    custom: 1,
  };
  const canvas = <L extends { canvas: Canvas }>(layout: L, kind: Kind): L => ({
    ...layout,
    canvas: { ...layout.canvas, width: bys[kind] * layout.canvas.width, height: bys[kind] * layout.canvas.height },
  });
  const { head } = portrait;
  return {
    ...draft,
    panorama: { ...canvas(panorama, 'panorama'), anchors: panorama.anchors.map((one) => prompted(one, bys.panorama)) },
    regions: { ...canvas(regions, 'regions'), patches: regions.patches.map((one) => patchOf(one, bys.regions)) },
    scene: { ...canvas(scene, 'scene'), box: boxOf(scene.box, bys.scene), soft: bys.scene * scene.soft },
    portrait: {
      ...canvas(portrait, 'portrait'),
      body: prompted(portrait.body, bys.portrait),
      head: {
        ...prompted(head, bys.portrait),
        box: boxOf(head.box, bys.portrait),
        feather: bys.portrait * head.feather,
      },
    },
    illusion: canvas(illusion, 'illusion'),
    texture: canvas(texture, 'texture'),
    start: start && startOf(start, bys[draft.kind]),
    sampling: { ...sampling, windows: windowsOf(sampling.windows, by) },
    guides: Object.fromEntries(
      Object.entries(guides).map(([kind, list]) => [kind, list.map((one) => guideOf(one, bys[kind as Kind]))]),
    ),
  };
}
