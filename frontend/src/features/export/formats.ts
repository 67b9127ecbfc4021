import { words } from '../../words/words';

/** The error for a browser that cannot encode the format. */
export class NoEncoder extends Error {}

export type Format = 'gif' | 'mp4' | 'webm';

export const NAMES: Readonly<Record<Format, string>> = {
  gif: words.dock.gif,
  mp4: words.dock.mp4,
  webm: words.dock.webm,
};

export const canRecord = (): boolean =>
  typeof MediaRecorder !== 'undefined' && MediaRecorder.isTypeSupported('video/webm');
