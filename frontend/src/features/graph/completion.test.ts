import { CompletionContext } from '@codemirror/autocomplete';
import { EditorState } from '@codemirror/state';
import { expect, test } from 'vitest';
import { completeGraph } from './completion';

/** What is offered at the sign | of a text. */
function offered(marked: string): string[] {
  const pos = marked.indexOf('|');
  const state = EditorState.create({ doc: marked.replace('|', '') });
  return completeGraph(new CompletionContext(state, pos, true))?.options.map(({ label }) => label) ?? [];
}

test.each([
  ['{ "controls": [], | }', ['laws', 'masks', 'observables', 'outputs', 'shift']],
  ['{ "controls": [ { "name": "x", "|" } ] }', ['channels', 'height', 'reseeds', 'width', 'wrap']],
  ['{ "controls": [ { "wrap": | } ] }', ['none', 'x', 'y', 'both']],
  ['{ "observables": [ { "operator": { | } } ] }', ['kind']],
  ['{ "observables": [ { "operator": { "kind": "flip", "axis": "|" } } ] }', ['x', 'y']],
  [
    '{ "observables": [ { "operator": { "kind": "flip", "of": { "kind": "crop", "|" } } } ] }',
    ['box', 'control', 'shifts'],
  ],
  [
    '{ "controls": [{"name": "land"}], "observables": [{ "operator": { "kind": "identity", "control": "|" } }] }',
    ['land'],
  ],
])('%s', (text, labels) => expect(offered(text)).toEqual(labels));

test('the kinds of operators are offered', () => {
  expect(offered('{ "observables": [ { "operator": { "kind": "|" } } ] }')).toContain('composite');
});
