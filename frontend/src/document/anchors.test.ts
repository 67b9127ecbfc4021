import { describe, expect, it } from 'vitest';
import {
  addAnchor,
  moveAnchor,
  placeOfAnchor,
  rangeOfAnchor,
  removeAnchor,
  shiftAnchor,
  spreadAnchors,
} from './anchors';
import { canvas, type Draft, EMPTY, prompted } from './draft';
import { editing, layoutOf } from './job';

describe('the positions of a panorama', () => {
  const windows = ['desert', 'rocks', 'sea'].map((prompt) => prompted(prompt));
  const layout = {
    kind: 'panorama' as const,
    canvas: canvas(512, 128),
    axis: 'x' as const,
    negative_prompt: '',
    guides: [],
  };
  const start: Draft = { ...EMPTY, ...editing({ ...layout, windows }), kind: 'panorama' };
  const sent = (draft: Draft) => layoutOf(draft) as { positions?: number[]; windows?: { prompt: string }[] };

  it('are sent once a prompt was moved, and until all are spread evenly again', () => {
    expect(sent(start).positions).toBeUndefined();
    const moved = moveAnchor(start, 'a2', 128);
    expect(sent(moved).positions?.[1]).toBe(0.25);
    expect(sent(moved).windows).toHaveLength(3);
    expect(sent(spreadAnchors(moved)).positions).toBeUndefined();
  });

  it('never pass each other, nor the edges', () => {
    const left = moveAnchor(moveAnchor(start, 'a2', -90), 'a1', -5);
    expect(['a1', 'a2', 'a3'].map((id) => placeOfAnchor(left, id))).toEqual([0, 86, 427]);
    expect(rangeOfAnchor(left, 'a3')).toEqual({ min: 87, max: 512 });
    expect(placeOfAnchor(moveAnchor(start, 'a3', 9000), 'a3')).toBe(512);
  });

  it('stay increasing when prompts are added and removed, and stay where they are when prompts change places', () => {
    const edge = addAnchor(moveAnchor(start, 'a3', 512))[0];
    const positions = sent(edge).positions ?? [];
    expect(positions).toHaveLength(4);
    expect(positions).toEqual([...new Set(positions)].sort((one, other) => one - other));
    const moved = moveAnchor(start, 'a2', 128);
    expect(sent(removeAnchor(moved, 'a1')).positions).toEqual([0.25, expect.closeTo(5 / 6, 5)]);
    expect(sent(removeAnchor(removeAnchor(moved, 'a1'), 'a2'))).toMatchObject({ prompt: 'sea' });
    expect(sent(removeAnchor(removeAnchor(moved, 'a1'), 'a2')).positions).toBeUndefined();
    const shifted = shiftAnchor(moved, 'a1', 1);
    expect(sent(shifted).positions).toEqual(sent(moved).positions);
    expect(sent(shifted).windows?.map(({ prompt }) => prompt)).toEqual(['rocks', 'desert', 'sea']);
  });
});
