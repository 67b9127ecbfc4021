import { fitBox } from '../geometry/box';
import { addPatch, boxesOf, changeBox, changePatch, HEAD, OBJECT } from './boxes';
import { canvasOf, type Draft, type DraftPatch } from './draft';
import { list, object } from './read/fields';
import { readDraftPatch } from './read/painted';
import { isPainted } from './shape';

const TYPE = 'inlay/boxes';

/** The boxes of a draft as patches. The object of a scene and the head of a portrait become patches, too. */
function patchesOf(draft: Draft, ids: readonly string[]): DraftPatch[] {
  const { kind, regions, scene, portrait } = draft;
  if (kind === 'regions') return regions.patches.filter(({ id }) => ids.includes(id));
  if (kind === 'scene' && ids.includes(OBJECT)) {
    return [{ ...scene.object, id: OBJECT, box: scene.box, weight: 1, feather: scene.soft }];
  }
  return kind === 'portrait' && ids.includes(HEAD) ? [{ ...portrait.head, id: HEAD }] : [];
}

/** Boxes as a text for the clipboard; null if none of the ids is a box that can be copied. */
export function copiedBoxes(draft: Draft, ids: readonly string[]): string | null {
  const boxes = patchesOf(draft, ids);
  return boxes.length > 0 ? JSON.stringify({ type: TYPE, boxes }) : null;
}

/** The boxes in a text of the clipboard; none if it holds something else. */
export function boxesIn(text: string): DraftPatch[] {
  try {
    const held = object(JSON.parse(text), 'clipboard');
    return held.type === TYPE ? list(held.boxes, 'boxes').map((one, at) => readDraftPatch(one, `boxes.${at}`)) : [];
  } catch {
    return [];
  }
}

/** Paste boxes into a draft. Regions get them as new patches, a little to the side of boxes that lie there already. The
 * only box of a scene or a portrait takes the place and the prompt of the first one. Returns the ids of the boxes, none
 * if the layout has no box. */
export function pastedBoxes(draft: Draft, boxes: readonly DraftPatch[], cell: number): [Draft, string[]] {
  const [first] = boxes;
  const canvas = canvasOf(draft);
  if (draft.kind === 'regions') {
    const ids: string[] = [];
    const pasted = boxes.reduce((now, { id: _, ...rest }) => {
      const taken = boxesOf(now).some(({ box }) => box.x === rest.box?.x && box.y === rest.box?.y);
      const aside = taken && !isPainted(rest) ? 2 * cell : 0;
      const box = rest.box && fitBox({ ...rest.box, x: rest.box.x + aside, y: rest.box.y + aside }, canvas);
      const [next, { id }] = addPatch(now, box ?? null, cell);
      ids.push(id);
      return changePatch(next, id, { ...rest, box: box ?? null });
    }, draft);
    return [pasted, ids];
  }
  if (!first?.box || (draft.kind !== 'scene' && draft.kind !== 'portrait')) return [draft, []];
  const moved = changeBox(draft, draft.kind === 'scene' ? OBJECT : HEAD, fitBox(first.box, canvas));
  const { prompt, negative_prompt } = first;
  return draft.kind === 'scene'
    ? [{ ...moved, scene: { ...moved.scene, object: { ...moved.scene.object, prompt, negative_prompt } } }, [OBJECT]]
    : [
        { ...moved, portrait: { ...moved.portrait, head: { ...moved.portrait.head, prompt, negative_prompt } } },
        [HEAD],
      ];
}
