// @vitest-environment jsdom
import { QueryClientProvider } from '@tanstack/react-query';
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { queries } from '../../api/queries';
import type { Kind } from '../../api/types';
import { type Draft, EMPTY } from '../../document/draft';
import { EXAMPLES } from '../../document/examples';
import type { Guide } from '../../document/guide';
import { addGuide } from '../../document/guides';
import { withJob } from '../../document/job';
import { drawn, jobOf } from '../../document/samples';
import { redrawPart, startedAnew } from '../../document/start';
import { edit, useDraft } from '../../document/store';
import { useSession } from '../../session';
import { GuidesPanel } from '../guides/GuidesPanel';
import { GenerateProvider } from '../jobs/useGenerate';
import { BrushBar } from '../painting/BrushBar';
import { SamplingPanel } from '../sampling/SamplingPanel';
import { StartPanel } from '../start/StartPanel';
import { LayoutPanel } from './LayoutPanel';

const KINDS: Kind[] = ['panorama', 'regions', 'scene', 'portrait', 'illusion', 'texture', 'custom'];
const PICTURE = { id: 'a'.repeat(64), width: 512, height: 128 };
const BOX = { x: 16, y: 16, width: 32, height: 32 };
const MODEL = {
  id: 'papercut',
  title: 'papercut',
  cell: 8,
  controlnets: ['pose'],
  vocabulary: [],
  defaults: { steps: 10, guidance: 3, eta: 0, scheduler: 'dpmsolver++' },
  presets: { fast: { steps: 6, scheduler: 'dpmsolver++' }, best: { steps: 30, scheduler: 'dpmsolver++' } },
};

const FULL = EXAMPLES.reduce((draft, { job }) => withJob(draft, job), EMPTY);
const started = (draft: Draft) => startedAnew(draft, PICTURE);
const guided = (draft: Draft, kind: Guide['kind']): Draft => ({
  ...draft,
  guides: Object.fromEntries(KINDS.map((one) => [one, addGuide(draft, kind, BOX)[0].guides[draft.kind] ?? []])),
});
const VARIANTS: [string, Draft][] = [
  ['empty', EMPTY],
  ['with examples', FULL],
  ['with a start picture', started(FULL)],
  ['with a box to redraw', redrawPart(started(FULL), { box: BOX })],
  ['with a mask to redraw', redrawPart(started(FULL), { mask: PICTURE.id })],
  ['with a colour sketch', guided(FULL, 'sketch')],
  ['with a palette', guided(FULL, 'palette')],
  ['with a picture to keep close to', guided(FULL, 'keep_close')],
];

const GRAPHS = ['', '{', '[]', '5', 'null', '{}', '{"outputs": 5}', '{"outputs": [null]}', '{"outputs": ["x"]}'];
const SIZES = [
  '{"outputs": [{"node": "x", "width": 1e999, "height": 8}]}',
  '{"outputs": [{"width": "8", "height": -1}]}',
];

function show(draft: Draft): void {
  useDraft.setState({ draft });
  const guide = draft.guides.regions?.[0]?.id;
  const selected = guide ?? draft.regions.patches[0]?.id ?? null;
  useSession.setState({ selected, guideTool: guide ? { does: 'paint', guide } : null });
  render(
    <QueryClientProvider client={queries}>
      <GenerateProvider>
        <LayoutPanel />
        <GuidesPanel />
        <BrushBar />
        <StartPanel />
        <SamplingPanel />
      </GenerateProvider>
    </QueryClientProvider>,
  );
}

beforeEach(() => {
  queries.setQueryData(['models'], { items: [{ description: MODEL, fits: true }], adapters: [] });
  const never = { matches: false, addEventListener: () => undefined, removeEventListener: () => undefined };
  vi.stubGlobal('matchMedia', () => never); // jsdom lays nothing out
  vi.spyOn(console, 'error'); // React reports a selector that never becomes stable there
});

afterEach(() => {
  cleanup();
  expect(console.error).not.toHaveBeenCalled();
});

describe.each(VARIANTS)('the panel, %s', (_, draft) => {
  it.each(KINDS)('draws the fields of a layout of kind %s', (kind) => {
    show({ ...draft, kind });
    expect(screen.getByTestId('sampling')).toBeTruthy();
  });

  it('switches between the kinds of layouts', () => {
    show(draft);
    for (const kind of [...KINDS, ...KINDS.toReversed()]) act(() => edit((now) => ({ ...now, kind })));
    expect(useDraft.getState().draft.kind).toBe(KINDS[0]);
  });
});

it('lets a box be watched without a say, at weight 0', () => {
  show(withJob(EMPTY, jobOf(drawn(1))));
  const weight = screen.getByTestId('patch-weight');
  fireEvent.change(weight, { target: { value: '0' } });
  fireEvent.blur(weight);
  expect(useDraft.getState().draft.regions.patches[0]?.weight).toBe(0);
  expect(screen.getByText(/At 0 it is watched, but has no say./)).toBeTruthy();
});

it('lets a box fade in and out, and forgets it at 0', () => {
  show(withJob(EMPTY, jobOf(drawn(1))));
  const commit = (name: string, value: string) => {
    fireEvent.change(screen.getByTestId(name), { target: { value } });
    fireEvent.blur(screen.getByTestId(name));
  };
  const fade = () => useDraft.getState().draft.regions.patches[0]?.fade;
  commit('fade-in', '20');
  commit('fade-out', '30');
  expect(fade()).toEqual([0.2, 0.3]);
  commit('fade-in', '120');
  expect(screen.getByText('Write a whole number from 0 to 100.')).toBeTruthy();
  commit('fade-in', '0');
  commit('fade-out', '0');
  expect(fade()).toBeNull();
});

it('gives a free step size the form of the chosen solver', () => {
  const agree = { ...EMPTY.sampling.agree, step_size: { mu: 0.3, min: 0, max: 2 } };
  show({ ...EMPTY, sampling: { ...EMPTY.sampling, agree } });
  const choose = (solver: string) => fireEvent.change(screen.getByTestId('solver'), { target: { value: solver } });
  const size = () => useDraft.getState().draft.sampling.agree.step_size;
  choose('descent');
  expect(size()).toEqual({ rho: 0.1, rate: 0.3 });
  expect(screen.getByTestId('rho')).toHaveProperty('value', '0.1');
  expect(screen.getByTestId('iterations')).toBeTruthy();
  choose('gradient');
  expect(size()).toEqual({ mu: 0.03, min: 0, max: 2 });
  fireEvent.change(screen.getByTestId('step-size'), { target: { value: 'fixed' } });
  choose('descent');
  expect(size()).toBe('fixed');
});

it('draws fresh noise with DDIM only, and says why', () => {
  const fresh = { share: 0.5, active: [0, 0.5], filled: null };
  show({ ...EMPTY, sampling: { ...EMPTY.sampling, fresh } });
  expect(screen.getByTestId('fresh')).toHaveProperty('value', '0.5');
  expect(screen.getByLabelText('Fresh noise from')).toHaveProperty('value', '0');
  const other = (change: object) => act(() => edit((now) => ({ ...now, sampling: { ...now.sampling, ...change } })));
  other({ scheduler: 'dpmsolver++' });
  expect(screen.getByTestId('fresh')).toHaveProperty('disabled', false); // so that it can be set back to 0
  expect(screen.getByText('Only the sampler DDIM draws fresh noise.')).toBeTruthy();
  other({ fresh: null });
  expect(screen.getByTestId('fresh')).toHaveProperty('disabled', true);
});

it.each([...GRAPHS, ...SIZES])('shows the panels of a graph, whatever is typed as it: %s', (text) => {
  const box = redrawPart(started({ ...EMPTY, kind: 'custom' }), { box: BOX });
  show({ ...box, custom: { text } });
  expect(screen.getByTestId('graph-open')).toBeTruthy();
});

it('offers the presets of the model, and forgets steps of its own with them', () => {
  show({ ...EMPTY, sampling: { ...EMPTY.sampling, steps: 17, finer: [{ after: 4, steps: 9 }] } });
  const chosen = () => screen.getAllByRole<HTMLInputElement>('radio').filter(({ checked }) => checked);
  expect(chosen().map(({ dataset }) => dataset.testid)).not.toContain('quality-default');
  fireEvent.click(screen.getByTestId('quality-fast'));
  expect(useDraft.getState().draft.sampling).toMatchObject({ preset: 'fast', steps: null, finer: [] });
  expect(chosen().map(({ dataset }) => dataset.testid)).toContain('quality-fast');
  fireEvent.click(screen.getByTestId('quality-default'));
  expect(useDraft.getState().draft.sampling.preset).toBeNull();
});
