import type { Box, Canvas, Job, Layout, Patch, Prompted, Regions, Sampling } from '../api/types';
import { fitBox, isInside, newBox } from '../geometry/box';
import { freeId } from '../geometry/colour';

export type Kind = 'panorama' | 'regions';

/** A prompt of a panorama; its id lives in the studio only. */
export type Anchor = Prompted & { id: string };

/** What is being made: both layouts at once, so that switching between them loses nothing. `sampling.model` and `steps`
 * stay open until the visitor chooses; the model's defaults fill them. */
export interface Draft {
  kind: Kind;
  panorama: { canvas: Canvas; axis: 'x' | 'y'; anchors: Anchor[]; negative_prompt: string };
  regions: Omit<Regions, 'kind'>;
  sampling: Omit<Sampling, 'model' | 'steps'> & { model: string | null; steps: number | null };
}

/** What a job takes where the draft leaves it open. */
export interface Defaults {
  model: string;
  steps: number;
}

export const prompted = (prompt = ''): Prompted => ({ prompt, negative_prompt: '', active: [0, 1] });
const anchor = (id: string, prompt = ''): Anchor => ({ id, ...prompted(prompt) });

export const EMPTY: Draft = {
  kind: 'regions',
  panorama: {
    canvas: { width: 512, height: 128, wrap: 'none' },
    axis: 'x',
    anchors: [anchor('a1')],
    negative_prompt: '',
  },
  regions: {
    canvas: { width: 512, height: 128, wrap: 'none' },
    prompt: '',
    negative_prompt: '',
    patches: [],
    bootstrap: 0,
  },
  sampling: {
    model: null,
    steps: null,
    agree: { solver: 'auto', step_size: 'fixed' },
    harmonise: 0,
    corrector_steps: 0,
    windows: { weights: 'uniform', shift: false },
  },
};

export const canvasOf = (draft: Draft): Canvas => draft[draft.kind].canvas;

/** The canvas of a job's picture; a custom graph says only how large its first picture is. */
export function canvasOfLayout(layout: Layout): Canvas {
  if (layout.kind !== 'custom') return layout.canvas;
  const { width, height } = layout.graph.outputs[0] ?? { width: 1, height: 1 };
  return { width, height, wrap: 'none' };
}

/** Whether nothing has been written or drawn yet in the layout at hand. */
export const isBlank = ({ kind, panorama, regions }: Draft): boolean =>
  kind === 'panorama'
    ? panorama.anchors.every((one) => one.prompt.trim() === '')
    : regions.prompt.trim() === '' && regions.patches.length === 0;

const isPlain = ({ negative_prompt, guidance, model, seed, control }: Prompted): boolean =>
  negative_prompt === '' && guidance == null && model == null && seed == null && control == null;

/** The job document of a draft (protocol, Section 1). */
export function toJob({ kind, panorama, regions, sampling }: Draft, defaults: Defaults): Job {
  const filled = { ...sampling, model: sampling.model ?? defaults.model, steps: sampling.steps ?? defaults.steps };
  const rest = { sampling: filled, preview: { every: 1 }, images: 1 };
  if (kind === 'regions') return { layout: { kind, ...regions }, ...rest };
  const { canvas, axis, anchors, negative_prompt } = panorama;
  const [only, ...others] = anchors;
  const said =
    only && others.length === 0 && isPlain(only)
      ? { prompt: only.prompt }
      : { windows: anchors.map(({ id: _, ...window }) => window) };
  return { layout: { kind, canvas, axis, negative_prompt, ...said }, ...rest };
}

const isDrawn = (patch: Omit<Patch, 'box'> & { box?: Box | null }): patch is Patch => patch.box != null;

/** The draft that edits a job. What the job does not have (the other layout) stays as it is in `draft`, and all of it for
 * a layout that the studio does not draw. */
export function withJob(draft: Draft, { layout, sampling }: Job): Draft {
  if (layout.kind === 'regions') {
    const { kind, patches, ...regions } = layout;
    return { ...draft, kind, regions: { ...regions, patches: patches.filter(isDrawn) }, sampling };
  }
  if (layout.kind !== 'panorama') return draft;
  const { kind, canvas, axis, negative_prompt, prompt, windows } = layout;
  const anchors = (windows ?? [prompted(prompt ?? '')]).map((window, index) => ({ ...window, id: `a${index + 1}` }));
  return { ...draft, kind, panorama: { canvas, axis, negative_prompt, anchors }, sampling };
}

export function withCanvas(draft: Draft, change: Partial<Canvas>): Draft {
  const canvas = { ...canvasOf(draft), ...change };
  if (draft.kind === 'panorama') return { ...draft, panorama: { ...draft.panorama, canvas } };
  return { ...draft, regions: { ...draft.regions, canvas } };
}

/** The boxes that reach outside of a canvas that has become smaller; they stay as they were drawn until asked. */
export const outsiders = ({ regions }: Draft): Patch[] =>
  regions.patches.filter(({ box }) => !isInside(box, regions.canvas));

export const bringInside = (draft: Draft): Draft =>
  withPatches(draft, (all) => all.map((patch) => ({ ...patch, box: fitBox(patch.box, draft.regions.canvas) })));

const withPatches = (draft: Draft, change: (patches: Patch[]) => Patch[]): Draft => ({
  ...draft,
  regions: { ...draft.regions, patches: change(draft.regions.patches) },
});

const withAnchors = (draft: Draft, change: (anchors: Anchor[]) => Anchor[]): Draft => ({
  ...draft,
  panorama: { ...draft.panorama, anchors: change(draft.panorama.anchors) },
});

export function addPatch(draft: Draft, box: Box | null, cell: number): [Draft, Patch] {
  const { canvas, patches } = draft.regions;
  const id = freeId(
    'p',
    patches.map((patch) => patch.id),
  );
  const where = box ?? newBox(canvas, cell, patches.length);
  const patch: Patch = { id, box: where, ...prompted(), weight: 1, feather: 2 * cell };
  return [withPatches(draft, (all) => [...all, patch]), patch];
}

export const changePatch = (draft: Draft, id: string, change: Partial<Patch>): Draft =>
  withPatches(draft, (all) => all.map((patch) => (patch.id === id ? { ...patch, ...change } : patch)));

export const removePatch = (draft: Draft, id: string): Draft =>
  withPatches(draft, (all) => all.filter((patch) => patch.id !== id));

export function duplicatePatch(draft: Draft, id: string, cell: number): [Draft, Patch | null] {
  const { canvas, patches } = draft.regions;
  const original = patches.find((patch) => patch.id === id);
  if (!original) return [draft, null];
  const aside = { ...original.box, x: original.box.x + 2 * cell, y: original.box.y + 2 * cell };
  const copy = {
    ...original,
    id: freeId(
      'p',
      patches.map((patch) => patch.id),
    ),
    box: fitBox(aside, canvas),
  };
  return [withPatches(draft, (all) => [...all, copy]), copy];
}

/** Move an item by `by` places, as far as there are any. */
function shifted<T extends { id: string }>(items: T[], id: string, by: number): T[] {
  const from = items.findIndex((item) => item.id === id);
  const to = from + by;
  if (from < 0 || to < 0 || to >= items.length) return items;
  const rest = items.filter((item) => item.id !== id);
  return [...rest.slice(0, to), ...items.slice(from, from + 1), ...rest.slice(to)];
}

export const shiftPatch = (draft: Draft, id: string, by: number): Draft =>
  withPatches(draft, (all) => shifted(all, id, by));

export function addAnchor(draft: Draft): [Draft, Anchor] {
  const added = anchor(
    freeId(
      'a',
      draft.panorama.anchors.map((one) => one.id),
    ),
  );
  return [withAnchors(draft, (all) => [...all, added]), added];
}

export const changeAnchor = (draft: Draft, id: string, change: Partial<Anchor>): Draft =>
  withAnchors(draft, (all) => all.map((one) => (one.id === id ? { ...one, ...change } : one)));

export const removeAnchor = (draft: Draft, id: string): Draft =>
  withAnchors(draft, (all) => (all.length > 1 ? all.filter((one) => one.id !== id) : all));

export const shiftAnchor = (draft: Draft, id: string, by: number): Draft =>
  withAnchors(draft, (all) => shifted(all, id, by));
