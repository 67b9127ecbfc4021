import type { Job, Layout, State } from '../../api/types';

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

/** A job in a few words: its prompts. */
export function titleOf({ layout }: Job): string {
  const prompts = promptsOf(layout);
  return prompts.filter((prompt) => prompt.trim() !== '').join(' · ') || 'no prompt';
}

export const STATES: Record<State, string> = {
  queued: 'Waiting',
  running: 'Painting',
  succeeded: 'Done',
  failed: 'Failed',
  cancelled: 'Cancelled',
};

/** Seconds as a person would say them. */
export function duration(seconds: number): string {
  if (seconds < 10) return `${Number(Math.max(seconds, 0.1).toFixed(1))} s`;
  if (seconds < 90) return `${Math.round(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 90 ? `${minutes} min ${Math.round(seconds % 60)} s` : `${(minutes / 60).toFixed(1)} h`;
}

export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
