/** The words of the canvas: its boxes, tools and view. */
export const canvas = {
  hide: 'Hide, and leave out of the picture',
  show: 'Show, and use again',
  lock: 'Lock',
  unlock: 'Unlock',
  hidden: (name: string) => `${name} hidden; the next picture is made without it`,
  shown: (name: string) => `${name} shown`,
  locked: (name: string) => `${name} locked`,
  unlocked: (name: string) => `${name} unlocked`,
  isLocked: (name: string) => `${name} is locked. Unlock it first.`,
};
