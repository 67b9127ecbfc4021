import type { Canvas, Job, Layout, Prompted, SentGuide } from '../api/types';
import { canvasOf, canvas as canvasWith, type Draft, prompted } from './draft';
import { shownOf } from './flags';
import { graphOf, textOf } from './graph';
import { editingGuides } from './guide';
import { sentGuides } from './guides';
import { same } from './same';
import { unpainted } from './shape';

/** The values that a job gets if the draft leaves them open. The server fills in all others. */
export interface Defaults {
  model: string;
}

/** True if a prompt has no settings of its own. */
export const isPlain = (one: Prompted): boolean => same(one, prompted(one.prompt));

function panoramaOf(panorama: Draft['panorama'], guides: SentGuide[]): Layout {
  const { canvas, axis, anchors, positions, negative_prompt } = panorama;
  const windows = anchors.map(({ id: _, ...window }) => window);
  const [only, ...others] = windows;
  const several = { windows, ...(positions && { positions }) };
  const said = only && others.length === 0 && isPlain(only) ? { prompt: only.prompt } : several;
  return { kind: 'panorama', canvas, axis, negative_prompt, guides, ...said };
}

/** The layout of a draft; null while its custom graph is not valid JSON. */
export function layoutOf(draft: Draft): Layout | null {
  const guides = sentGuides(draft);
  switch (draft.kind) {
    case 'panorama':
      return panoramaOf(draft.panorama, guides);
    case 'illusion': {
      const { canvas, views } = draft.illusion;
      return { kind: 'illusion', canvas, views: views.map(({ id: _, ...view }) => view), guides };
    }
    case 'custom': {
      const { graph } = graphOf(draft.custom.text);
      return graph && { kind: 'custom', graph };
    }
    case 'regions': {
      const { patches, ...regions } = draft.regions;
      const shown = shownOf(draft, patches).map((patch) => unpainted(patch, regions.canvas));
      return { kind: 'regions', ...regions, patches: shown, guides };
    }
    case 'scene':
      return { kind: 'scene', ...draft.scene, guides };
    case 'portrait':
      return { kind: 'portrait', ...draft.portrait, guides };
    case 'texture':
      return { kind: 'texture', ...draft.texture, guides };
  }
}

/** A custom graph contains what other layouts make of these settings. So the server gets these values here. */
const OF_GRAPH = { coarse: null, windows: { weights: 'uniform', shift: false } } as const;

/** The job document of a draft (docs/protocol.md, The job document); null while its custom graph is not valid JSON. */
export function toJob(draft: Draft, defaults: Defaults): Job | null {
  const layout = layoutOf(draft);
  if (layout === null) return null;
  const { sampling, start, images, keep, keepFrames, kind } = draft;
  const filled = { ...sampling, model: sampling.model ?? defaults.model };
  return {
    layout,
    sampling: kind === 'custom' ? { ...filled, ...OF_GRAPH } : filled,
    start: start && unpainted(start, canvasOf(draft)),
    preview: { every: 1, keep: keepFrames },
    outputs: draft.outputs[kind] ?? null,
    images,
    keep,
  };
}

/** The part of a draft that edits a layout. */
export function editing(layout: Layout): Partial<Draft> {
  switch (layout.kind) {
    case 'panorama': {
      const { kind: _, guides: __, prompt, windows, ...rest } = layout;
      const all = windows ?? [prompted(prompt ?? '')];
      return { panorama: { ...rest, anchors: all.map((window, index) => ({ ...window, id: `a${index + 1}` })) } };
    }
    case 'illusion': {
      const { kind: _, guides: __, views, ...rest } = layout;
      return { illusion: { ...rest, views: views.map((view, index) => ({ ...view, id: `v${index + 1}` })) } };
    }
    case 'custom':
      return { custom: { text: textOf(layout.graph) } };
    default: {
      const { kind, guides: _, ...rest } = layout;
      return { [kind]: rest } as Pick<Draft, typeof kind>;
    }
  }
}

/** The nodes that a job of this layout saves if it names none. The main picture is the first. */
export function mainOf(layout: Layout): string[] {
  if (layout.kind === 'custom') {
    const { outputs, controls } = layout.graph;
    return outputs.length > 0 ? outputs.map(({ node }) => node) : controls.map(({ name }) => name);
  }
  return layout.kind === 'scene' ? ['scene', 'x1', 'x2'] : ['x'];
}

/** The draft that edits a job. Parts that the job does not have (other layouts) are taken from `draft`. */
export function withJob(draft: Draft, job: Job): Draft {
  const { layout, sampling, start = null, images, keep = null, outputs, preview } = job;
  const { kind } = layout;
  const { [kind]: _, ...others } = draft.outputs;
  const { [kind]: __, ...flags } = draft.flags;
  const own = outputs && !same(outputs, mainOf(layout)) ? { [kind]: outputs } : {};
  const guides = { ...draft.guides, [kind]: layout.kind === 'custom' ? [] : editingGuides(layout.guides ?? []) };
  const shared = { kind, sampling, start, images, keep, keepFrames: preview.keep, guides, flags };
  return { ...draft, ...editing(layout), ...shared, outputs: { ...others, ...own } };
}

/** The canvas of a job's main picture. A custom graph says only the size of its first picture. */
export function canvasOfLayout(layout: Layout): Canvas {
  if (layout.kind !== 'custom') return layout.canvas;
  const { width, height } = layout.graph.outputs[0] ?? {};
  return canvasWith(width ?? 1, height ?? 1);
}
