// @vitest-environment jsdom
import { QueryClientProvider } from '@tanstack/react-query';
import { act, cleanup, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { queries } from '../../api/queries';
import { addAnchor, addView } from '../../document/anchors';
import { changePatch } from '../../document/boxes';
import { type Draft, EMPTY } from '../../document/draft';
import { withFlag } from '../../document/flags';
import { addGuide } from '../../document/guides';
import { drawn } from '../../document/samples';
import { startedAnew } from '../../document/start';
import { useDraft } from '../../document/store';
import { useSession } from '../../session';
import { Tabs } from '../../ui/Tabs';
import { words } from '../../words/words';
import { GuidesPanel } from '../guides/GuidesPanel';
import { GenerateProvider } from '../jobs/useGenerate';
import { LayersPanel } from '../layers/LayersPanel';
import { StartPanel } from '../start/StartPanel';
import { LayoutPanel } from './LayoutPanel';

const BOX = { x: 16, y: 16, width: 32, height: 32 };
const PICTURE = { id: 'a'.repeat(64), width: 512, height: 128 };

/** Apply a change several times. */
const times = (count: number, change: (draft: Draft) => Draft, draft: Draft): Draft =>
  count === 0 ? draft : times(count - 1, change, change(draft));

const panorama = (count: number) =>
  times(count - 1, (draft) => addAnchor(draft)[0], { ...EMPTY, kind: 'panorama' as const });
const illusion = (count: number) =>
  times(count - 2, (draft) => addView(draft)[0], { ...EMPTY, kind: 'illusion' as const });
const guided = (count: number) => times(count, (draft) => addGuide(draft, 'palette', BOX)[0], EMPTY);
const masked = () => changePatch(drawn(2), 'p1', { box: null, mask: PICTURE.id });

function show(draft: Draft, selected: string | null = null): void {
  useDraft.setState({ draft });
  useSession.setState({ selected, tab: 'region' });
  const content = (
    <>
      <LayoutPanel />
      <GuidesPanel />
      <StartPanel />
    </>
  );
  render(
    <QueryClientProvider client={queries}>
      <GenerateProvider>
        <LayersPanel />
        <Tabs
          label=""
          value="region"
          tabs={[{ value: 'region', label: 'Region', content }]}
          onChange={() => undefined}
        />
      </GenerateProvider>
    </QueryClientProvider>,
  );
}

beforeEach(() => {
  queries.setQueryData(['models'], { items: [], adapters: [] });
  const never = { matches: false, addEventListener: () => undefined, removeEventListener: () => undefined };
  vi.stubGlobal('matchMedia', () => never); // jsdom lays nothing out
});
afterEach(cleanup);

const focused = () => document.activeElement;
const removers = (name: string) => screen.getAllByRole('button', { name });

/** Press the control at this place with a key. */
async function remove(name: string, at: number, key = '{Enter}'): Promise<void> {
  act(() => removers(name)[at]?.focus());
  await userEvent.keyboard(key);
}

it.each([
  ['a prompt', words.layout.removePrompt, panorama(4)],
  ['a view', words.layout.removeView, illusion(5)],
  ['a guide', words.guides.remove, guided(4)],
])('goes from a removed row to the next one, and from the last one to the one before: %s', async (_, name, draft) => {
  show(draft);
  const [, , third, fourth] = removers(name);
  await remove(name, 1);
  expect(focused()).toBe(third);
  await remove(name, removers(name).indexOf(fourth as HTMLElement));
  expect(focused()).toBe(removers(name)[2] ?? third);
});

it.each([
  ['prompts', words.layout.removePrompt, panorama(2), 'add-anchor'],
  ['views', words.layout.removeView, illusion(3), 'add-view'],
  ['guides', words.guides.remove, guided(1), 'add-sketch'],
])('goes to what adds a row if no other one can be removed: %s', async (_, name, draft, adds) => {
  show(draft);
  await remove(name, 0);
  expect(focused()).toBe(screen.getByTestId(adds));
});

it('goes from a deleted box to the panel, and stays on the button of a locked one', async () => {
  show(drawn(2), 'p2');
  await remove(words.canvas.deleteBox, 0);
  expect(focused()).toBe(screen.getByRole('tabpanel'));
  cleanup();
  show(withFlag(drawn(2), 'locked', ['p2'], true), 'p2');
  await remove(words.canvas.deleteBox, 0);
  expect(focused()).toBe(removers(words.canvas.deleteBox)[0]);
});

it('goes from a mask that became a box to the button that uploads one', async () => {
  show(masked(), 'p1');
  await remove(words.masks.backToBox, 0);
  expect(focused()).toBe(screen.getByText(words.masks.upload));
});

it('goes from a removed picture to the button that chooses one', async () => {
  show(startedAnew(EMPTY, PICTURE));
  await remove(words.pictures.removeOne(words.layers.start), 0);
  expect(focused()).toBe(screen.getByText(words.pictures.choose));
});

const row = (testId: string) => screen.getByTestId(testId).querySelector<HTMLElement>('[data-layer]');

it('goes from layer to layer as they are deleted, down to the background', async () => {
  show(drawn(3));
  act(() => row('patch-p2')?.focus());
  await userEvent.keyboard('{Delete}');
  expect(focused()).toBe(row('patch-p1'));
  await userEvent.keyboard('{Delete}');
  expect(focused()).toBe(row('patch-p3'));
  await userEvent.keyboard('{Delete}');
  expect(focused()).toBe(row('layer-background'));
});

it('goes from the last layer to the one before', async () => {
  show({ ...guided(2), kind: 'panorama', guides: { panorama: guided(2).guides[EMPTY.kind] ?? [] } });
  act(() => row('layer-~g2')?.focus());
  await userEvent.keyboard('{Delete}{Delete}');
  expect(focused()?.closest('[data-testid=patch-list]')).toBeTruthy();
});

it('scrolls for the keys, and not under a pointer', async () => {
  const focus = vi.spyOn(HTMLElement.prototype, 'focus');
  show(guided(3));
  const last = () => focus.mock.calls.at(-1)?.[0]?.preventScroll;
  await userEvent.click(removers(words.guides.remove)[0] as HTMLElement);
  expect(last()).toBe(true);
  await remove(words.guides.remove, 0);
  expect(last()).toBe(false);
});
