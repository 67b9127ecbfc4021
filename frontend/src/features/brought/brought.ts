import { create } from 'zustand';
import type { Point } from '../../geometry/box';
import type { Size } from '../../geometry/view';
import { toast } from '../../ui/toasts';
import { words } from '../../words/words';

/** A picture that a visitor pasted or dropped, and has not chosen a use for. */
export interface Brought {
  file: File;
  name: string;
  size: Size;
  /** Where it was brought on the page. */
  at: Point;
  /** Open the document that it carries; null without one. */
  open: (() => void) | null;
}

export const useBrought = create<{ brought: Brought | null }>(() => ({ brought: null }));

export const putAway = (): void => useBrought.setState({ brought: null });

/** Ask what a picture is for, in a menu at its place. A file that is no picture is refused with a sentence. */
export async function bring(picture: Omit<Brought, 'size'>): Promise<void> {
  try {
    const bitmap = await createImageBitmap(picture.file);
    const size = { width: bitmap.width, height: bitmap.height };
    bitmap.close();
    useBrought.setState({ brought: { ...picture, size } });
  } catch {
    toast(words.looks.noPicture(picture.name));
  }
}
