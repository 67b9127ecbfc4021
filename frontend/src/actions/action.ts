import type { IconName } from '../ui/icons';

/** Something that a visitor can do. One list of actions feeds the keys, the command palette, the menus, the toolbars and
 * the sheet of keys. */
export interface Action {
  /** A stable name, such as `canvas.fit`. */
  id: string;
  /** The name that the visitor reads, such as "Fit the canvas". */
  label: string;
  /** Further words by which the command palette finds the action. */
  keywords?: string;
  icon?: IconName;
  /** The keys, the first of them is shown, written as `chord.ts` reads them: `Mod+Shift+Z`, `V`, `Shift+1`. */
  keys?: readonly string[];
  /** True if the action can run now. Left out: always. */
  enabled?: () => boolean;
  /** A key that is held down does it once. */
  once?: boolean;
  run: () => void;
}
