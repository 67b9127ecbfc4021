import type { Layout } from '../api/types';

/** A prompt, and the id that gives it its colour; none if it is said of the whole picture. */
interface Said {
  id?: string;
  prompt: string;
}

function all(layout: Layout): Said[] {
  switch (layout.kind) {
    case 'panorama':
      return (layout.windows ?? [{ prompt: layout.prompt ?? '' }]).map(({ prompt }, index) => ({
        id: `a${index + 1}`,
        prompt,
      }));
    case 'regions':
      return [{ prompt: layout.prompt }, ...layout.patches.map(({ id, prompt }) => ({ id, prompt }))];
    case 'scene':
      return (['background', 'object', 'whole'] as const).map((id) => ({ id, prompt: layout[id].prompt }));
    case 'portrait':
      return (['body', 'head'] as const).map((id) => ({ id, prompt: layout[id].prompt }));
    case 'illusion':
      return layout.views.map(({ prompt }) => ({ prompt }));
    case 'texture':
      return [{ prompt: layout.prompt }];
    case 'custom':
      return [...new Set(layout.graph.observables.map(({ prompted }) => prompted.prompt))].map((prompt) => ({
        prompt,
      }));
  }
}

/** The prompts of a layout, without empty ones. */
export const promptsOf = (layout: Layout): Said[] => all(layout).filter(({ prompt }) => prompt.trim() !== '');
