import { LIMITS } from '../api/limits';
import type { Box, PoseControl, Prompted, Sampling } from '../api/types';
import type { Stroke } from '../geometry/strokes';
import { canvasOf, type Draft, type DraftPatch, type DraftStart } from './draft';
import type { Guide } from './guide';
import { guidesOf } from './guides';
import { standing } from './pose';
import { same } from './same';

type Windows = Sampling['windows'];
type Shaped = { box?: Box | null; mask?: string | null };

const boxOf = <B extends Box | null | undefined>(box: B, by: number): B =>
  box && { ...box, x: by * box.x, y: by * box.y, width: by * box.width, height: by * box.height };

const strokesOf = (strokes: readonly Stroke[], by: number): Stroke[] =>
  strokes.map((one) => ({ ...one, size: by * one.size, points: one.points.map((value) => by * value) }));

/** The joints of a pose at another size. A joint that lies where the figure under `head` has it lies so under the larger
 * head, where rounding may have moved it by a pixel. */
function jointsOf(pose: PoseControl, by: number, head?: Box): number[][] {
  const [before, after] = head ? [standing(head).joints, standing(boxOf(head, by)).joints] : [[], []];
  return pose.joints.map((joint, at) => {
    const there = same(joint, before[at]) ? after[at] : undefined;
    return there ?? joint.map((value) => by * value);
  });
}

/** A prompt with its pose at another size. `head`: the head that a figure's pose belongs to. */
function prompted<P extends Prompted>(one: P, by: number, head?: Box): P {
  const { control } = one;
  return control?.kind === 'pose' ? { ...one, control: { ...control, joints: jointsOf(control, by, head) } } : one;
}

const patchOf = (patch: DraftPatch, by: number): DraftPatch => ({
  ...prompted(patch, by),
  box: boxOf(patch.box, by),
  feather: Math.min(LIMITS.Patch.feather.max, by * patch.feather),
  ...(patch.strokes && { strokes: strokesOf(patch.strokes, by) }),
});

function guideOf(guide: Guide, by: number): Guide {
  const box = boxOf(guide.box, by);
  if (guide.kind === 'keep_close') return { ...guide, box };
  const scale = guide.scale == null ? guide.scale : Math.min(LIMITS.Sketch.scale.max, by * guide.scale);
  return guide.kind === 'sketch'
    ? { ...guide, box, scale, strokes: strokesOf(guide.strokes, by) }
    : { ...guide, box, scale };
}

const startOf = (start: DraftStart, by: number): DraftStart => ({
  ...start,
  box: boxOf(start.box, by),
  feather: Math.min(LIMITS.Start.feather.max, by * start.feather),
  ...(start.strokes && { strokes: strokesOf(start.strokes, by) }),
});

/** The windows for a larger layout. Those that are large enough for the model stay. */
function windowsOf(windows: Windows, by: number, native: number): Windows {
  const { size = null, stride = null } = windows;
  const side = size ?? (stride === null ? native : 2 * stride);
  if (2 * side > native) return windows;
  return { ...windows, ...(size !== null && { size: by * size }), ...(stride !== null && { stride: by * stride }) };
}

interface Size {
  width: number;
  height: number;
}

/** A part of a layout that is too small for a model, and how many times as large the layout has to be for it. */
interface TooSmall extends Size {
  part: 'canvas' | 'head';
  by: number;
}

const sideOf = ({ width, height }: Size): number => Math.min(width, height);

const MOST_IN_VIEW = 4; // times the side of the model's pictures: the most that one view may see, by MAX_VIEW_SIDE

/** True if the server takes the layout `by` times as large. One view sees all of a portrait. */
function mayBe({ kind }: Draft, { width, height }: Size, by: number, native: number): boolean {
  const inView = kind === 'portrait' ? MOST_IN_VIEW * native : Number.POSITIVE_INFINITY;
  return (
    by * width <= Math.min(inView, LIMITS.Canvas.width.max) && by * height <= Math.min(inView, LIMITS.Canvas.height.max)
  );
}

/** Find what is at most half as large as the pictures that the model was trained on: the canvas, or the box of a
 * portrait's head, which the model sees from close by. `native`: the side of these pictures, in pixels. Returns null if
 * nothing is too small, or if the server would not take the layout at the size that it needs. */
export function tooSmall(draft: Draft, native: number): TooSmall | null {
  if (draft.kind === 'custom') return null;
  const { canvas } = draft[draft.kind];
  const isSmall = (size: Size) => 2 * sideOf(size) <= native;
  const sized = (part: TooSmall['part'], { width, height }: Size, by: number) =>
    mayBe(draft, canvas, by, native) ? { part, width, height, by } : null;
  if (isSmall(canvas)) return sized('canvas', canvas, Math.ceil(native / sideOf(canvas)));
  const { box, model } = draft.portrait.head;
  if (draft.kind !== 'portrait' || model != null || !isSmall(box)) return null;
  return sized('head', box, Math.floor(native / (2 * sideOf(box))) + 1);
}

const hasMask = (one: Shaped | null): boolean => one?.mask != null;

/** True if the current layout or the start has a mask. It is a picture of the canvas's size, so it cannot grow. */
export const hasMasks = (draft: Draft): boolean =>
  hasMask(draft.start) ||
  (draft.kind === 'regions' && draft.regions.patches.some(hasMask)) ||
  guidesOf(draft).some(hasMask);

/** The current layout with all of its parts `by` times as large. A custom graph stays as it is. */
function layoutOf(draft: Draft, by: number): Partial<Draft> {
  const { kind, panorama, regions, scene, portrait, illusion, texture } = draft;
  const { width, height } = canvasOf(draft);
  const canvas = { width: by * width, height: by * height };
  switch (kind) {
    case 'panorama': {
      const anchors = panorama.anchors.map((one) => prompted(one, by));
      return { panorama: { ...panorama, canvas: { ...panorama.canvas, ...canvas }, anchors } };
    }
    case 'regions': {
      const patches = regions.patches.map((one) => patchOf(one, by));
      return { regions: { ...regions, canvas: { ...regions.canvas, ...canvas }, patches } };
    }
    case 'scene': {
      const { background, object, whole } = scene;
      return {
        scene: {
          ...scene,
          canvas: { ...scene.canvas, ...canvas },
          box: boxOf(scene.box, by),
          soft: Math.min(LIMITS.Scene.soft.max, by * scene.soft),
          background: prompted(background, by),
          object: prompted(object, by),
          whole: prompted(whole, by),
        },
      };
    }
    case 'portrait': {
      const { body, head } = portrait;
      const larger = {
        ...prompted(head, by),
        box: boxOf(head.box, by),
        feather: Math.min(LIMITS.Head.feather.max, by * head.feather),
      };
      const figure = prompted(body, by, head.box);
      return { portrait: { ...portrait, canvas: { ...portrait.canvas, ...canvas }, body: figure, head: larger } };
    }
    case 'illusion': {
      const views = illusion.views.map((one) => prompted(one, by));
      return { illusion: { ...illusion, canvas: { ...illusion.canvas, ...canvas }, views } };
    }
    case 'texture':
      return { texture: { ...texture, canvas: { ...texture.canvas, ...canvas } } };
    case 'custom':
      return {};
  }
}

/** Make the current layout `by` times as large, with its start, its guides and its windows. `native`: the side of the
 * pictures that its model was trained on. */
export function enlarged(draft: Draft, native: number, by: number): Draft {
  const { kind, start, sampling, guides } = draft;
  return {
    ...draft,
    ...layoutOf(draft, by),
    start: start && startOf(start, by),
    sampling: { ...sampling, windows: windowsOf(sampling.windows, by, native) },
    guides: { ...guides, ...(guides[kind] && { [kind]: guidesOf(draft).map((one) => guideOf(one, by)) }) },
  };
}
