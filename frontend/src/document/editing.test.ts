import { describe, expect, it } from 'vitest';
import { addView, removeAnchor, removeView } from './anchors';
import {
  addPatch,
  boxesOf,
  bringInside,
  changeBox,
  changePatch,
  duplicatePatch,
  HEAD,
  moveJoint,
  OBJECT,
  orderPatches,
  outsiders,
  removePatch,
  shiftPatch,
} from './boxes';
import { type Draft, EMPTY, isBlank, prompted, withCanvas } from './draft';
import { EXAMPLES } from './examples';
import { withJob } from './job';
import { poseOf, standing, stands } from './pose';
import { drawn, jobOf } from './samples';

const ids = (draft: Draft) => draft.regions.patches.map((patch) => patch.id);

describe('editing', () => {
  it('draws, changes, duplicates, restacks and deletes boxes', () => {
    const three = drawn(3);
    expect(ids(three)).toEqual(['p1', 'p2', 'p3']);
    expect(ids(shiftPatch(three, 'p1', 1))).toEqual(['p2', 'p1', 'p3']);
    expect(ids(shiftPatch(three, 'p3', 1))).toEqual(['p1', 'p2', 'p3']);
    expect(changePatch(three, 'p2', { weight: 3 }).regions.patches[1]?.weight).toBe(3);
    const [four, copy] = duplicatePatch(three, 'p2', 8);
    expect(copy?.id).toBe('p4');
    expect(ids(removePatch(four, 'p1'))).toEqual(['p2', 'p3', 'p4']);
  });

  it('leaves boxes where they are when the canvas shrinks, and brings them inside when asked', () => {
    const shrunk = withCanvas(drawn(5), { width: 128, height: 64 });
    expect(shrunk.regions.patches).toEqual(drawn(5).regions.patches);
    expect(outsiders(shrunk)).toHaveLength(5);
    expect(outsiders(bringInside(shrunk))).toEqual([]);
  });

  it('moves the one box of a scene, and of a portrait with the figure that stands under it', () => {
    const box = { x: 8, y: 8, width: 16, height: 16 };
    const scene = changeBox({ ...EMPTY, kind: 'scene' }, OBJECT, box);
    expect(boxesOf(scene)).toMatchObject([{ id: OBJECT, box, shape: null }]);
    const posed = (joints: number[][]): Draft => {
      const control = { ...standing(EMPTY.portrait.head.box), joints };
      return { ...EMPTY, kind: 'portrait', portrait: { ...EMPTY.portrait, body: { ...EMPTY.portrait.body, control } } };
    };
    const moved = (draft: Draft) => poseOf(changeBox(draft, HEAD, box).portrait.body);
    const pose = moved(posed(standing(EMPTY.portrait.head.box).joints));
    expect(pose && stands(pose, box)).toBe(true);
    expect(moved(posed([[1, 2]]))?.joints).toEqual([[1, 2]]);
    const bent = moveJoint(posed([[1, 2]]), 0, [3, 4]);
    expect(poseOf(bent.portrait.body)?.joints).toEqual([[3, 4]]);
  });

  it('shows the place of a mask when the server has sent it, and never moves it', () => {
    const [draft, { id }] = addPatch({ ...EMPTY, kind: 'regions' }, null, 8);
    const masked = changePatch(draft, id, { box: null, mask: 'a'.repeat(64) });
    expect(boxesOf(masked)).toEqual([]);
    const box = { x: 0, y: 8, width: 24, height: 16 };
    expect(boxesOf(masked, [{ id, box }])).toMatchObject([{ id, box, shape: { mask: 'a'.repeat(64) } }]);
    expect(outsiders(masked)).toEqual([]);
    expect(jobOf(masked).layout).toMatchObject({ patches: [{ box: null, mask: 'a'.repeat(64) }] });
  });

  it('gives the views of an illusion different transforms, and keeps at least two', () => {
    const [three, added] = addView(EMPTY);
    expect(new Set(three.illusion.views.map(({ transform }) => transform)).size).toBe(3);
    const two = removeView(three, added.id);
    expect(removeView(two, 'v1').illusion.views).toHaveLength(2);
  });

  it('never removes the last prompt', () => {
    expect(removeAnchor(EMPTY, 'a1').panorama.anchors).toHaveLength(1);
  });

  it('knows a blank draft', () => {
    expect(isBlank(EMPTY)).toBe(true);
    expect(isBlank(drawn(1))).toBe(false);
    for (const { job } of EXAMPLES) {
      expect(isBlank(withJob(EMPTY, job))).toBe(false);
      expect(isBlank({ ...EMPTY, kind: job.layout.kind })).toBe(true);
    }
    const moved = changeBox({ ...EMPTY, kind: 'scene' }, OBJECT, { x: 0, y: 0, width: 8, height: 8 });
    expect(isBlank(moved)).toBe(false);
  });
});

describe('the order of patches', () => {
  const order = (draft: Draft) => ids(draft).join(' ');

  it('moves several together, by one place or to the end', () => {
    expect(order(orderPatches(drawn(5), ['p2', 'p3'], 1, false))).toBe('p1 p4 p2 p3 p5');
    expect(order(orderPatches(drawn(5), ['p2', 'p3'], -1, false))).toBe('p2 p3 p1 p4 p5');
    expect(order(orderPatches(drawn(5), ['p1', 'p3'], 1, true))).toBe('p2 p4 p5 p1 p3');
    expect(order(orderPatches(drawn(5), ['p4', 'p5'], 1, false))).toBe('p1 p2 p3 p4 p5');
    expect(order(orderPatches(drawn(5), ['p5'], -1, true))).toBe('p5 p1 p2 p3 p4');
  });
});

describe('the head of a portrait', () => {
  const pose = standing(EMPTY.portrait.head.box);
  const posed: Draft = {
    ...EMPTY,
    kind: 'portrait',
    portrait: { ...EMPTY.portrait, body: { ...prompted(), control: pose } },
  };
  const nose = pose.joints[0] as [number, number];

  it('follows the nose until its box is moved by hand', () => {
    const moved = moveJoint(posed, 0, [nose[0] + 16, nose[1] + 24]);
    expect(moved.portrait.head.box).toEqual({ x: 80, y: 24, width: 128, height: 128 });
    const apart = changeBox(moveJoint(moved, 3, [10, 10]), 'head', { x: 0, y: 0, width: 64, height: 64 });
    expect(moveJoint(apart, 0, [100, 100]).portrait.head.box).toEqual({ x: 0, y: 0, width: 64, height: 64 });
  });

  it('stays where it is while another joint moves, and inside the canvas', () => {
    expect(moveJoint(posed, 1, [0, 0]).portrait.head.box).toEqual(posed.portrait.head.box);
    expect(moveJoint(posed, 0, [250, 250]).portrait.head.box).toEqual({ x: 128, y: 128, width: 128, height: 128 });
  });
});
