import { cellOf } from '../api/cells';
import { LIMITS } from '../api/limits';
import type {
  Box,
  Canvas,
  Illusion,
  IllusionView,
  KeptFrames,
  Kind,
  Panorama,
  Patch,
  Portrait,
  Prompted,
  Regions,
  Sampling,
  Scene,
  Start,
  Texture,
} from '../api/types';
import type { Stroke } from '../geometry/strokes';
import { graphOf } from './graph';
import type { Guide } from './guide';
import { same } from './same';

/** A prompt of a panorama; its id lives in the studio only. */
export type Anchor = Prompted & { id: string };
/** A view of an illusion; its id lives in the studio only. */
export type View = IllusionView & { id: string };

/** A patch. It has a box or a mask, or neither while its mask is painted. The strokes lie over them. */
export type DraftPatch = Patch & { strokes?: readonly Stroke[] };
/** The start, with the strokes that are painted over its box or its mask. An empty list is a mask to paint or upload. */
export type DraftStart = Start & { strokes?: readonly Stroke[] };

/** The boxes and guides of one layout that the visitor has locked or hidden, by their ids. Only the studio knows of them.
 * A hidden patch or guide is left out of the job. A locked one cannot be moved, resized or deleted by hand. */
export interface Flags {
  locked: readonly string[];
  hidden: readonly string[];
}

/** The document that the visitor edits. It holds every layout, so switching between them loses nothing. A custom graph
 * is kept as it was typed. `start`: the picture that the job starts from, in every layout. `keep`: how many of the
 * pictures to keep (null: all). `outputs`: the nodes that a layout saves as pictures, if they are not the main one
 * alone. `keepFrames`: the nodes of which the server keeps the frames of the run. `guides`: the colour guides of each
 * layout. `flags`: what is locked and hidden in each. `sampling.model` stays open until the visitor chooses one.
 * `fittedTo`: the side of a model's pictures, in pixels, for which the layouts that nobody has touched are sized. */
export interface Draft {
  kind: Kind;
  panorama: Omit<Panorama, 'kind' | 'guides' | 'prompt' | 'windows'> & { anchors: Anchor[] };
  regions: Omit<Regions, 'kind' | 'guides' | 'patches'> & { patches: DraftPatch[] };
  scene: Omit<Scene, 'kind' | 'guides'>;
  portrait: Omit<Portrait, 'kind' | 'guides'>;
  illusion: Omit<Illusion, 'kind' | 'guides' | 'views'> & { views: View[] };
  texture: Omit<Texture, 'kind' | 'guides'>;
  custom: { text: string };
  sampling: Omit<Sampling, 'model'> & { model: string | null };
  start: DraftStart | null;
  images: number;
  keep: number | null;
  keepFrames: KeptFrames;
  outputs: Partial<Record<Kind, string[]>>;
  guides: Partial<Record<Kind, Guide[]>>;
  flags: Partial<Record<Kind, Flags>>;
  fittedTo: number;
}

export const prompted = (prompt = ''): Prompted => ({ prompt, negative_prompt: '', loras: [], active: [0, 1] });
export const canvas = (width: number, height: number, wrap: Canvas['wrap'] = 'none'): Canvas => ({
  width,
  height,
  wrap,
});

export const EMPTY: Draft = {
  kind: 'regions',
  panorama: { canvas: canvas(512, 128), axis: 'x', anchors: [{ id: 'a1', ...prompted() }], negative_prompt: '' },
  regions: { canvas: canvas(512, 128), prompt: '', negative_prompt: '', patches: [], bootstrap: 0 },
  scene: {
    canvas: canvas(256, 128),
    box: { x: 80, y: 16, width: 96, height: 96 },
    background: prompted(),
    object: prompted(),
    whole: prompted(),
    soft: 16,
  },
  portrait: {
    canvas: canvas(256, 256),
    body: prompted(),
    head: { ...prompted(), box: { x: 64, y: 0, width: 128, height: 128 }, weight: 4, feather: 16 },
  },
  illusion: {
    canvas: canvas(128, 128),
    views: [
      { id: 'v1', transform: 'identity', ...prompted() },
      { id: 'v2', transform: 'rotate_180', ...prompted() },
    ],
  },
  texture: { canvas: canvas(128, 128, 'both'), prompt: '', negative_prompt: '' },
  custom: { text: '' },
  sampling: {
    model: null,
    steps: null,
    guidance_rescale: 0,
    agree: { solver: 'auto', step_size: 'fixed', space: 'latent' },
    harmonise: 0,
    corrector_steps: 0,
    windows: { weights: 'uniform', shift: false },
    finer: [],
  },
  start: null,
  images: 1,
  keep: null,
  keepFrames: 'outputs',
  outputs: {},
  guides: {},
  flags: {},
  fittedTo: 128,
};

const UNSIZED = { width: 512, height: 128 }; // pixels, while a graph does not say how large its picture is

const isSide = (value: unknown): value is number =>
  typeof value === 'number' && value >= LIMITS.Canvas.width.min && value <= LIMITS.Canvas.width.max;

const firstOf = (list: unknown): { width?: unknown; height?: unknown } => (Array.isArray(list) && list[0]) || {};

/** The canvas of the draft. For a custom graph it is a new object at each call, with the size of the graph's first
 * picture, or of its first control if the picture has no size. The graph may be any JSON. */
export function canvasOf(draft: Draft): Canvas {
  if (draft.kind !== 'custom') return draft[draft.kind].canvas;
  const { graph } = graphOf(draft.custom.text);
  const [output, control] = [firstOf(graph?.outputs), firstOf(graph?.controls)];
  const cell = cellOf(draft.sampling.model);
  for (const { width, height } of [
    output,
    { width: cell * Number(control.width), height: cell * Number(control.height) },
  ]) {
    if (isSide(width) && isSide(height)) return canvas(width, height);
  }
  return canvas(UNSIZED.width, UNSIZED.height);
}

const blank = ({ prompt }: { prompt: string }): boolean => prompt.trim() === '';

/** True if a box is where an empty layout has it (`first`), for a model of any size. */
function isFirst(box: Box, first: Box): boolean {
  const by = box.width / first.width;
  return same(box, { x: by * first.x, y: by * first.y, width: box.width, height: by * first.height });
}

/** True if the current layout has no text, no drawn box and no guide yet. */
export const isBlank = (draft: Draft): boolean => isUnwritten(draft) && !draft.guides[draft.kind]?.length;

function isUnwritten(draft: Draft): boolean {
  const { scene, portrait } = draft;
  switch (draft.kind) {
    case 'panorama':
      return draft.panorama.anchors.every(blank);
    case 'regions':
      return blank(draft.regions) && draft.regions.patches.length === 0;
    case 'scene':
      return [scene.background, scene.object, scene.whole].every(blank) && isFirst(scene.box, EMPTY.scene.box);
    case 'portrait':
      return [portrait.body, portrait.head].every(blank) && isFirst(portrait.head.box, EMPTY.portrait.head.box);
    case 'illusion':
      return draft.illusion.views.every(blank);
    case 'texture':
      return blank(draft.texture);
    case 'custom':
      return draft.custom.text.trim() === '';
  }
}

const hasBlankPrompt = (view: unknown): boolean => {
  const prompt = (view as { prompted?: { prompt?: unknown } | null } | null)?.prompted?.prompt;
  return typeof prompt === 'string' && blank({ prompt });
};

/** True if the current layout has no prompt. Boxes and pictures do not count. */
export function isUnprompted(draft: Draft): boolean {
  const { kind, regions, scene, portrait, custom, flags } = draft;
  if (draft.sampling.coarse?.prompt?.trim()) return false;
  switch (kind) {
    case 'regions':
      return [regions, ...regions.patches.filter(({ id }) => !flags.regions?.hidden.includes(id))].every(blank);
    case 'scene':
      return [scene.background, scene.object, scene.whole].every(blank);
    case 'portrait':
      return [portrait.body, portrait.head].every(blank);
    case 'custom': {
      const views: unknown = graphOf(custom.text).graph?.observables;
      return Array.isArray(views) && views.length > 0 && views.every(hasBlankPrompt);
    }
    default:
      return isUnwritten(draft);
  }
}

export function withCanvas(draft: Draft, change: Partial<Canvas>): Draft {
  const { kind } = draft;
  if (kind === 'custom') return draft;
  return { ...draft, [kind]: { ...draft[kind], canvas: { ...draft[kind].canvas, ...change } } };
}

/** Move an item by `by` places, at most to the end of the list. */
export function shifted<T extends { id: string }>(items: T[], id: string, by: number): T[] {
  const from = items.findIndex((item) => item.id === id);
  const to = from + by;
  if (from < 0 || to < 0 || to >= items.length) return items;
  const rest = items.filter((item) => item.id !== id);
  return [...rest.slice(0, to), ...items.slice(from, from + 1), ...rest.slice(to)];
}
