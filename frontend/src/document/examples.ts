import { addPatch, changePatch, type Draft, EMPTY, prompted } from './draft';

export interface Example {
  id: 'one' | 'three' | 'boxes';
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

/** Three layouts to begin with, in words that papercut knows. */
export const EXAMPLES: readonly Example[] = [
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
