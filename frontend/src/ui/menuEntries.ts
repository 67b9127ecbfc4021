import type { IconName } from './icons';

/** Something to do. */
export interface MenuItem {
  label: string;
  icon?: IconName | undefined;
  /** The keys that do the same, as they are shown. */
  keys?: string | undefined;
  disabled?: boolean;
  testId?: string;
  onSelect: () => void;
}

/** One of several values to choose. */
export interface MenuChoice {
  title: string;
  value: string;
  options: readonly (readonly [value: string, label: string, says?: string])[];
  onSelect: (value: string) => void;
}

/** A menu's entries from top to bottom. A list of items is set apart from its neighbours by lines. */
export type MenuEntry = MenuItem | MenuChoice | readonly MenuItem[];
