import { START } from '../../document/boxes';
import type { Draft } from '../../document/draft';
import { nameOfGuide } from '../../document/guide';
import { guidesOf } from '../../document/guides';
import { isPainted } from '../../document/shape';
import { keeps } from '../../document/start';
import { words } from '../../words/words';

/** A row of the list of layers. */
export interface Layer {
  /** What a press selects; null for the background, which is chosen while nothing else is. */
  id: string | null;
  kind: 'patch' | 'prompt' | 'guide' | 'start' | 'background';
  name: string;
  /** A short remark beside the name. */
  note: string;
}

const prompt = (id: string, title: string, said: string): Layer => ({
  id,
  kind: 'prompt',
  name: said.trim() || title,
  note: said.trim() ? title : '',
});

/** The patches of the layout, the topmost first. */
const patches = ({ regions }: Draft): Layer[] =>
  regions.patches.toReversed().map(({ id, prompt, box, strokes }) => ({
    id,
    kind: 'patch',
    name: prompt,
    note: box && !isPainted({ strokes }) ? words.numbers.size(box.width, box.height) : words.layers.mask,
  }));

const background = (said: string): Layer => ({ id: null, kind: 'background', name: said.trim(), note: '' });

/** What the layout itself consists of, the topmost first. A graph says by itself what it consists of. */
export function ownLayers(draft: Draft): Layer[] {
  const { kind, regions, scene, portrait, panorama, illusion, texture } = draft;
  const { layers } = words;
  switch (kind) {
    case 'regions':
      return [...patches(draft), background(regions.prompt)];
    case 'panorama':
      return panorama.anchors.map((one, at) => prompt(one.id, layers.promptOf(at + 1), one.prompt));
    case 'scene':
      return [
        prompt('whole', layers.whole, scene.whole.prompt),
        prompt('object', layers.object, scene.object.prompt),
        prompt('background', layers.background, scene.background.prompt),
      ];
    case 'portrait':
      return [prompt('head', layers.head, portrait.head.prompt), prompt('body', layers.body, portrait.body.prompt)];
    case 'illusion':
      return illusion.views.map((one, at) => prompt(one.id, layers.viewOf(at + 1), one.prompt));
    case 'texture':
      return [background(texture.prompt)];
    case 'custom':
      return [];
  }
}

/** The guides of the layout. */
export const guideLayers = (draft: Draft): Layer[] =>
  guidesOf(draft).map((guide) => ({
    id: guide.id,
    kind: 'guide',
    name: nameOfGuide(guide),
    note: guide.box ? words.numbers.size(guide.box.width, guide.box.height) : words.layers.wholePicture,
  }));

/** The picture that the job starts from, below all others. */
export const startLayers = ({ start }: Draft): Layer[] =>
  start
    ? [
        {
          id: START,
          kind: 'start',
          name: words.layers.start,
          note: keeps(start) ? words.layers.partRedrawn : words.layers.allRedrawn,
        },
      ]
    : [];
