/** The error for a browser that cannot encode the format. */
export class NoEncoder extends Error {}

export type Format = 'gif' | 'mp4' | 'webm';

export const canRecord = (): boolean =>
  typeof MediaRecorder !== 'undefined' && MediaRecorder.isTypeSupported('video/webm');
