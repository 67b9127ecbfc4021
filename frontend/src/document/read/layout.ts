import { DEFAULTS } from '../../api/limits';
import type { CustomGraph, Layout, Prompted, Transform } from '../../api/types';
import { words } from '../../words/words';
import { readAdapters } from './adapters';
import { choice, type Fields, fading, field, list, NotAJob, numbers, object, only, optional, range } from './fields';
import { readBox, readCanvas } from './geometry';
import { readGuides } from './guides';

const PROMPTED = [
  ...['prompt', 'negative_prompt', 'guidance', 'guidance_rescale', 'model'],
  ...['control', 'loras', 'reference', 'seed', 'active', 'fade'],
];

function readPrompted(value: unknown, where: string, more: readonly string[] = []): Prompted {
  const one = object(value, where);
  only(one, where, [...PROMPTED, ...more]);
  return {
    prompt: field(one, where, 'prompt', 'string'),
    negative_prompt: field(one, where, 'negative_prompt', 'string', ''),
    guidance: optional(one, where, 'guidance', 'number'),
    guidance_rescale: optional(one, where, 'guidance_rescale', 'number'),
    model: optional(one, where, 'model', 'string'),
    ...readAdapters(one, where),
    seed: optional(one, where, 'seed', 'number'),
    active: range(one.active, `${where}.active`),
    ...fading(one, where),
  };
}

export function readPatch(value: unknown, where: string) {
  const patch = object(value, where);
  return {
    ...readPrompted(patch, where, ['id', 'box', 'mask', 'weight', 'feather']),
    id: field(patch, where, 'id', 'string'),
    box: patch.mask == null ? readBox(patch.box, `${where}.box`) : null,
    mask: optional(patch, where, 'mask', 'string'),
    weight: field(patch, where, 'weight', 'number', DEFAULTS.Patch.weight),
    feather: field(patch, where, 'feather', 'number', DEFAULTS.Patch.feather),
  };
}

const TRANSFORMS: readonly Transform[] = ['identity', 'flip_x', 'flip_y', 'rotate_90', 'rotate_180', 'rotate_270'];

function readView(value: unknown, where: string) {
  const view = object(value, where);
  const transform = choice(view, where, 'transform', TRANSFORMS, 'identity');
  return { ...readPrompted(view, where, ['transform']), transform };
}

const at = (name: string) => `layout.${name}`;
const each = <Item>(layout: Fields, name: string, read: (value: unknown, where: string) => Item): Item[] =>
  list(layout[name] ?? [], at(name)).map((one, index) => read(one, at(`${name}.${index}`)));

const text = (layout: Fields, name: string, fallback?: string) => field(layout, 'layout', name, 'string', fallback);

function readPanorama(layout: Fields) {
  only(layout, 'layout', ['kind', 'canvas', 'axis', 'prompt', 'windows', 'positions', 'negative_prompt', 'guides']);
  const base = {
    kind: 'panorama' as const,
    canvas: readCanvas(layout.canvas),
    axis: choice(layout, 'layout', 'axis', ['x', 'y'], 'x'),
    negative_prompt: text(layout, 'negative_prompt', ''),
    guides: readGuides(layout.guides),
  };
  const { positions } = layout;
  if (layout.windows == null) {
    if (positions != null) throw new NotAJob(words.reading.noPrompts);
    return { ...base, prompt: text(layout, 'prompt') };
  }
  const windows = each(layout, 'windows', readPrompted);
  if (windows.length === 0) throw new NotAJob(words.reading.noWindow);
  const placed = positions != null && { positions: numbers(positions, at('positions'), windows.length) };
  return { ...base, windows, ...placed };
}

function readRegions(layout: Fields) {
  only(layout, 'layout', ['kind', 'canvas', 'prompt', 'negative_prompt', 'patches', 'bootstrap', 'guides']);
  return {
    kind: 'regions' as const,
    canvas: readCanvas(layout.canvas),
    prompt: text(layout, 'prompt'),
    negative_prompt: text(layout, 'negative_prompt', ''),
    patches: each(layout, 'patches', readPatch),
    bootstrap: field(layout, 'layout', 'bootstrap', 'number', DEFAULTS.Regions.bootstrap),
    guides: readGuides(layout.guides),
  };
}

function readScene(layout: Fields) {
  only(layout, 'layout', ['kind', 'canvas', 'box', 'background', 'object', 'whole', 'soft', 'guides']);
  return {
    kind: 'scene' as const,
    canvas: readCanvas(layout.canvas),
    box: readBox(layout.box, at('box')),
    background: readPrompted(layout.background, at('background')),
    object: readPrompted(layout.object, at('object')),
    whole: readPrompted(layout.whole, at('whole')),
    soft: field(layout, 'layout', 'soft', 'number', DEFAULTS.Scene.soft),
    guides: readGuides(layout.guides),
  };
}

function readPortrait(layout: Fields) {
  only(layout, 'layout', ['kind', 'canvas', 'body', 'head', 'guides']);
  const head = object(layout.head, at('head'));
  return {
    kind: 'portrait' as const,
    canvas: readCanvas(layout.canvas),
    body: readPrompted(layout.body, at('body')),
    head: {
      ...readPrompted(head, at('head'), ['box', 'weight', 'feather']),
      box: readBox(head.box, at('head.box')),
      weight: field(head, at('head'), 'weight', 'number', DEFAULTS.Head.weight),
      feather: field(head, at('head'), 'feather', 'number', DEFAULTS.Head.feather),
    },
    guides: readGuides(layout.guides),
  };
}

function readIllusion(layout: Fields) {
  only(layout, 'layout', ['kind', 'canvas', 'views', 'guides']);
  return {
    kind: 'illusion' as const,
    canvas: readCanvas(layout.canvas),
    views: each(layout, 'views', readView),
    guides: readGuides(layout.guides),
  };
}

function readTexture(layout: Fields) {
  only(layout, 'layout', ['kind', 'canvas', 'prompt', 'negative_prompt', 'guides']);
  return {
    kind: 'texture' as const,
    canvas: { ...readCanvas(layout.canvas), wrap: 'both' as const },
    prompt: text(layout, 'prompt'),
    negative_prompt: text(layout, 'negative_prompt', ''),
    guides: readGuides(layout.guides),
  };
}

/** A custom graph is edited as text, so all of it is kept. Only the server checks it. */
function readCustom(layout: Fields) {
  only(layout, 'layout', ['kind', 'graph']);
  const graph = object(layout.graph, at('graph'));
  const all: Fields = { outputs: [], ...graph }; // a graph without outputs saves its controls
  for (const part of ['controls', 'observables', 'outputs']) list(all[part], at(`graph.${part}`));
  return { kind: 'custom' as const, graph: all as CustomGraph };
}

const READERS = {
  panorama: readPanorama,
  regions: readRegions,
  scene: readScene,
  portrait: readPortrait,
  illusion: readIllusion,
  texture: readTexture,
  custom: readCustom,
} satisfies { [Kind in Layout['kind']]: (layout: Fields) => Extract<Layout, { kind: Kind }> };

export const KINDS = Object.keys(READERS) as Layout['kind'][];

export function readLayout(value: unknown): Layout {
  const layout = object(value, 'layout');
  const kind = KINDS.find((one) => one === layout.kind);
  if (!kind) throw new NotAJob(words.reading.oneOf('layout.kind', KINDS));
  return READERS[kind](layout);
}
