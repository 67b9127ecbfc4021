import type { Job, Layout, Output, State } from '../../api/types';

function promptsOf(layout: Layout): string[] {
  switch (layout.kind) {
    case 'panorama':
      return layout.windows?.map((window) => window.prompt) ?? [layout.prompt ?? ''];
    case 'regions':
      return [layout.prompt, ...layout.patches.map((patch) => patch.prompt)];
    case 'scene':
      return [layout.background.prompt, layout.object.prompt, layout.whole.prompt];
    case 'portrait':
      return [layout.body.prompt, layout.head.prompt];
    case 'illusion':
      return layout.views.map((view) => view.prompt);
    case 'texture':
      return [layout.prompt];
    case 'custom':
      return [...new Set(layout.graph.observables.map(({ prompted }) => prompted.prompt))];
  }
}

/** Describe a job in a few words: its prompts. */
export function titleOf({ layout }: Job): string {
  const prompts = promptsOf(layout);
  return prompts.filter((prompt) => prompt.trim() !== '').join(' · ') || 'no prompt';
}

const NODES: Readonly<Record<string, string>> = {
  x: 'the picture',
  scene: 'the composite',
  x1: 'the background alone',
  x2: 'the object alone',
  coarse: 'the coarse view',
};

/** The name of a node's picture. */
export const titleOfPicture = (name: string): string => NODES[name] ?? `view ${name}`;

/** The name of a job's picture: its node, and the seed if there are several (the number after the node's name). */
export function titleOfOutput({ name }: Pick<Output, 'name'>, { images, outputs, sampling }: Job): string {
  const nodes = outputs ?? [];
  const node = nodes.find((one) => one === name) ?? nodes.find((one) => name.startsWith(`${one}.`)) ?? name;
  const number = name === node ? 1 : Number(name.slice(node.length + 1));
  const seed = sampling.seed == null ? '' : `seed ${sampling.seed + number - 1}`;
  const which = nodes.length > 1 ? titleOfPicture(node) : '';
  return [which, images > 1 ? seed : ''].filter(Boolean).join(', ') || titleOfPicture(node);
}

/** The seeds of a job's pictures, in ascending order, and how many of them the job keeps. */
export function seedsOf({ images, keep, sampling }: Job): string {
  const first = sampling.seed ?? 0;
  if (images === 1) return `seed ${first}`;
  const all = `seeds ${first} to ${first + images - 1}`;
  return keep == null || keep === images ? all : `the best ${keep === 1 ? '' : `${keep} `}of ${all}`;
}

export const STATES: Record<State, string> = {
  queued: 'Waiting',
  running: 'Running',
  succeeded: 'Done',
  failed: 'Failed',
  cancelled: 'Cancelled',
};

/** Format seconds for people. */
export function duration(seconds: number): string {
  if (seconds < 10) return `${Number(Math.max(seconds, 0.1).toFixed(1))} s`;
  if (seconds < 90) return `${Math.round(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 90 ? `${minutes} min ${Math.round(seconds % 60)} s` : `${(minutes / 60).toFixed(1)} h`;
}

export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
