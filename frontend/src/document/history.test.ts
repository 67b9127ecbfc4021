import { expect, it } from 'vitest';
import type { Draft } from './draft';
import { historyOf, textOfHistory } from './history';
import { drawn } from './samples';

const draft = drawn(64);

/** `count` drafts, each with another prompt of one patch. */
const typed = (count: number, length = 20): Draft[] =>
  Array.from({ length: count }, (_, at) => {
    const patches = draft.regions.patches.map((patch, place) =>
      place === at % 64 ? { ...patch, prompt: `${at} `.padEnd(length, 'sea ') } : patch,
    );
    return { ...draft, regions: { ...draft.regions, patches } };
  });

it('writes what drafts share once', () => {
  const all = typed(200);
  const text = textOfHistory({ past: all, future: [] }, draft);
  expect(text.length).toBeLessThan(0.1 * JSON.stringify(all).length);
  const { past, present } = historyOf(text, structuredClone(draft));
  expect(JSON.stringify(past)).toBe(JSON.stringify(all));
  expect(past[0]?.scene).toBe(past[199]?.scene);
  expect(present.scene).toBe(past[0]?.scene);
});

it('leaves the furthest steps out if the text is too long', () => {
  const all = typed(200, 20_000);
  const text = textOfHistory({ past: all.slice(0, 100), future: all.slice(100) }, draft);
  expect(text.length).toBeLessThan(1_000_000);
  const { past, future } = historyOf(text, draft);
  expect(past.length).toBeGreaterThan(5);
  expect(past.at(-1)).toEqual(all[99]);
  expect(future.at(-1)).toEqual(all[199]);
});
