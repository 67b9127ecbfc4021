import { expect, test } from 'vitest';
import { graphOf } from '../../document/graph';
import { addNode, removeNode, renameNode, setIn } from './edits';
import { connect, switchKind, unwrap, wrap, wrappers } from './operatorEdits';
import { blank, type Schema, schemaAt, schemaOfPart } from './schema';

const NATIVE = 16;
const json = (text: string) => graphOf(text).graph;
const OPERATOR = schemaAt(['observables', 0], { observables: [{}] }).properties as Record<string, Schema>;

const TEXT = `{
  // the canvas
  "controls": [ { "name": "x", "width": 32, "height": 16 }, { "name": "sun", "width": 16, "height": 16 } ],
  "observables": [
    { "name": "left", "operator": { "kind": "crop", "control": "x", "box": { "x": 0, "y": 0, "width": 16, "height": 16 } },
      "prompted": { "prompt": "a forest" } }, /* one view */
    { "name": "both",
      "operator": { "kind": "composite", "layers": true, "parts": [ { "control": "x" }, { "control": "sun" } ] },
      "prompted": { "prompt": "a forest, a sun" } }
  ],
  "outputs": [ { "node": "x" }, { "node": "both" } ]
}`;

test('a graph is built from nothing', () => {
  let text = addNode('', 'controls', NATIVE)[0];
  const [withView, index] = addNode(text, 'observables', NATIVE);
  expect(index).toBe(0);
  text = setIn(withView, ['observables', 0, 'prompted', 'prompt'], 'the sea');
  text = wrap(text, ['observables', 0, 'operator'], 'flip', NATIVE);
  expect(json(text)).toEqual({
    controls: [{ name: 'x', width: 16, height: 16 }],
    observables: [
      {
        name: 'y1',
        operator: { kind: 'flip', axis: 'x', of: { kind: 'identity', control: 'x' } },
        prompted: { prompt: 'the sea' },
      },
    ],
  });
  expect(addNode(text, 'controls', NATIVE)[0]).toContain('"x1"');
});

test('an edit keeps the rest of the text, with its comments', () => {
  const text = setIn(TEXT, ['observables', 0, 'prompted', 'prompt'], 'the sea');
  expect(text).toBe(TEXT.replace('"a forest" }', '"the sea" }'));
  expect(removeNode(TEXT, 'outputs', 1)).toContain('// the canvas');
});

test('text that is not JSON is not edited', () => {
  expect(setIn('{"controls": [', ['shift'], null)).toBe('{"controls": [');
  expect(addNode('{', 'controls', NATIVE)).toEqual(['{', -1]);
});

test('a new name is written wherever the old one was read', () => {
  const graph = json(renameNode(TEXT, 'controls', 0, 'land'));
  expect(graph?.controls[0]?.name).toBe('land');
  expect(graph?.observables[0]?.operator).toMatchObject({ control: 'land' });
  expect(graph?.observables[1]?.operator).toMatchObject({ parts: [{ control: 'land' }, { control: 'sun' }] });
  expect(graph?.outputs).toEqual([{ node: 'land' }, { node: 'both' }]);
});

test('a removed node takes along the outputs that only save it', () => {
  const graph = json(removeNode(TEXT, 'observables', 1));
  expect(graph?.observables.map(({ name }) => name)).toEqual(['left']);
  expect(graph?.outputs).toEqual([{ node: 'x' }]);
});

test('a view reads another control, and a composite one more', () => {
  expect(json(connect(TEXT, 'observables', 0, 'sun'))?.observables[0]?.operator).toEqual({
    kind: 'crop',
    control: 'sun',
    box: { x: 0, y: 0, width: 16, height: 16 },
  });
  expect(json(connect(TEXT, 'observables', 1, 'sun'))?.observables[1]?.operator).toMatchObject({
    parts: [{ control: 'x' }, { control: 'sun' }, { control: 'sun' }],
  });
});

test('an operator of another kind keeps what both have, and fits', () => {
  const path = ['observables', 0, 'operator'];
  const schema = OPERATOR.operator ?? {};
  const resized = switchKind(TEXT, path, schema, 'resize', NATIVE);
  expect(json(resized)?.observables[0]?.operator).toEqual({
    kind: 'resize',
    of: { kind: 'identity', control: 'x' },
    width: 16,
    height: 16,
  });
  expect(json(switchKind(resized, path, schema, 'crop', NATIVE))?.observables[0]?.operator).toEqual({
    kind: 'crop',
    control: 'x',
    box: { x: 0, y: 0, width: 16, height: 16 },
  });
  const whole = json(TEXT)?.observables[0]?.operator;
  expect(json(unwrap(wrap(TEXT, path, 'rotate', NATIVE), path))?.observables[0]?.operator).toEqual(whole);
});

test('the kinds and fields come from the schema', () => {
  expect(wrappers()).toEqual(['background', 'flip', 'resize', 'roll', 'rotate']);
  expect(blank(schemaOfPart('laws'))).toMatchObject({
    name: '',
    mean: { kind: 'colour', colour: [0, 0, 0] },
    deviation: 0,
  });
});
