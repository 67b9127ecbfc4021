import type { Box, Kind } from '../api/types';
import { addPatch, changePatch } from './boxes';
import { type Draft, EMPTY, prompted } from './draft';
import { textOf } from './graph';

type Drawn = 'one' | 'three' | 'boxes' | 'boat' | 'balloon' | 'lighthouse';
type Sketch = Drawn | 'turned' | 'mirrored' | 'waves' | 'hills' | 'afar';

export interface Example {
  id: Sketch;
  title: string;
  says: string;
  draft: Draft;
}

const panorama = (...prompts: string[]): Draft => ({
  ...EMPTY,
  kind: 'panorama',
  panorama: {
    ...EMPTY.panorama,
    anchors: prompts.map((prompt, index) => ({ id: `a${index + 1}`, ...prompted(prompt) })),
  },
});

function regions(prompt: string, patches: { prompt: string; box: [number, number, number, number] }[]): Draft {
  let draft: Draft = { ...EMPTY, kind: 'regions', regions: { ...EMPTY.regions, prompt } };
  for (const { prompt: said, box } of patches) {
    const [x, y, width, height] = box;
    const [next, added] = addPatch(draft, { x, y, width, height }, 8);
    draft = changePatch(next, added.id, { prompt: said });
  }
  return draft;
}

const scene = (box: Box, background: string, object: string, whole: string): Draft => ({
  ...EMPTY,
  kind: 'scene',
  scene: {
    ...EMPTY.scene,
    box,
    background: prompted(background),
    object: prompted(object),
    whole: prompted(whole),
  },
});

const portrait = (box: Box, body: string, head: string): Draft => ({
  ...EMPTY,
  kind: 'portrait',
  portrait: { ...EMPTY.portrait, body: prompted(body), head: { ...prompted(head), box } },
});

const illusion = (transform: 'rotate_180' | 'flip_x', first: string, second: string): Draft => ({
  ...EMPTY,
  kind: 'illusion',
  illusion: {
    ...EMPTY.illusion,
    views: [
      { id: 'v1', transform: 'identity', ...prompted(first) },
      { id: 'v2', transform, ...prompted(second) },
    ],
  },
});

const texture = (prompt: string): Draft => ({ ...EMPTY, kind: 'texture', texture: { ...EMPTY.texture, prompt } });

/** Two windows of one canvas, and a view from afar of all of it, which is asked for something else. */
function fromAfar(near: string, far: string): Draft {
  const asked = (prompt: string) => ({ prompt, negative_prompt: '', guidance: 3.5, model: 'papercut' });
  const trust = (group: string, weight: number, active: number[]) => ({
    group,
    weight,
    active,
    outside: [],
    shape: 'uniform' as const,
  });
  const window = (name: string, x: number) => ({
    name,
    operator: { kind: 'crop' as const, control: 'x', box: { x, y: 0, width: 16, height: 16 }, shifts: false },
    prompted: asked(near),
    precision: trust('near', 1, [0, 1]),
    count: 1,
  });
  const far_ = {
    name: 'far',
    operator: {
      kind: 'resize' as const,
      of: { kind: 'identity' as const, control: 'x' },
      width: 16,
      height: 16,
      mode: 'area' as const,
    },
    prompted: asked(far),
    precision: trust('far', 10, [0, 0.5]),
    count: 1,
  };
  const graph = {
    controls: [{ name: 'x', channels: 8, width: 32, height: 16, wrap: 'none' as const, reseeds: [] }],
    observables: [window('left', 0), window('middle', 8), window('right', 16), far_],
    outputs: [{ node: 'x', width: 256, height: 128 }],
    masks: {},
  };
  return { ...EMPTY, kind: 'custom', custom: { text: textOf(graph) } };
}

const DRAWN: readonly Example[] = [
  {
    id: 'one',
    title: 'One place, wide',
    says: 'A panorama under a single prompt',
    draft: panorama('the sea by day, a sailboat'),
  },
  {
    id: 'three',
    title: 'From desert to sea',
    says: 'Three prompts, spread along a panorama',
    draft: panorama('a desert by day', 'a city by day', 'the sea by day'),
  },
  {
    id: 'boxes',
    title: 'Things in their places',
    says: 'A background, and two boxes drawn on it',
    draft: regions('a meadow by day', [
      { prompt: 'a city by day', box: [40, 0, 152, 128] },
      { prompt: 'the sea by day, a sailboat', box: [320, 0, 152, 128] },
    ]),
  },
];

/** Layouts to begin with, by kind, in words that papercut knows. */
export const EXAMPLES: Record<Kind, readonly Example[]> = {
  panorama: DRAWN,
  regions: DRAWN,
  scene: [
    {
      id: 'boat',
      title: 'A boat on the sea',
      says: 'The boat is a picture of its own, too',
      draft: scene(
        { x: 80, y: 16, width: 96, height: 96 },
        'the sea by day',
        'the sea by day, a sailboat',
        'the sea by day, a sailboat',
      ),
    },
    {
      id: 'balloon',
      title: 'A balloon over hills',
      says: 'Inside its box a balloon, hills around it',
      draft: scene(
        { x: 144, y: 0, width: 96, height: 96 },
        'rolling hills by day',
        'a hot air balloon, by day',
        'rolling hills by day, a hot air balloon',
      ),
    },
  ],
  portrait: [
    {
      id: 'lighthouse',
      title: 'A lighthouse, up close',
      says: 'The whole, and its head asked for again',
      draft: portrait({ x: 24, y: 8, width: 80, height: 80 }, 'the sea by day, a lighthouse', 'a lighthouse by day'),
    },
  ],
  illusion: [
    {
      id: 'turned',
      title: 'Upside down',
      says: 'The sea by day; turned, a desert at night',
      draft: illusion('rotate_180', 'the sea by day', 'a desert at night'),
    },
    {
      id: 'mirrored',
      title: 'In the mirror',
      says: 'A city; mirrored, a forest',
      draft: illusion('flip_x', 'a city at sunset', 'a forest at sunset'),
    },
  ],
  texture: [
    {
      id: 'waves',
      title: 'Waves without an edge',
      says: 'The sea, over and over',
      draft: texture('a sea with waves by day'),
    },
    { id: 'hills', title: 'Hills for ever', says: 'Green hills that tile', draft: texture('rolling hills by day') },
  ],
  custom: [
    {
      id: 'afar',
      title: 'Near and far',
      says: 'A forest, seen from afar a sunset',
      draft: fromAfar('a forest at sunset', 'the sea at sunset'),
    },
  ],
};
