import type { Theme } from '../../ui/theme';

/** The colours of the canvas in each theme. The canvas is not HTML, so it cannot use CSS variables. */
export const PALETTE = {
  light: { paper: '#fbfbfa', edge: '#c9c9c4', dot: '#c4c4be', ink: '#1c1c1a', chip: '#ffffffeb', halo: '#ffffff' },
  dark: { paper: '#1f1f22', edge: '#3d3d42', dot: '#46464c', ink: '#ededee', chip: '#18181aeb', halo: '#131314' },
} as const satisfies Record<Theme, Record<string, string>>;

export type Palette = (typeof PALETTE)[Theme];
/** The colour of what the hand does: selecting, aligning. */
export const ACCENT = '#7048e8';
export const DANGER = '#d9362b';
