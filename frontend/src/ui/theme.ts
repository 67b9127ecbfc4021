import { useEffect, useSyncExternalStore } from 'react';
import { create } from 'zustand';
import { createJSONStorage, persist } from 'zustand/middleware';
import { storageOf } from '../storage';

export type Choice = 'auto' | 'light' | 'dark';
export type Theme = 'light' | 'dark';

const CHOICES: readonly unknown[] = ['auto', 'light', 'dark'] satisfies Choice[];
const isChoice = (value: unknown): value is Choice => CHOICES.includes(value);

const useChoice = create<{ choice: Choice }>()(
  persist(() => ({ choice: 'auto' as Choice }), {
    name: 'inlay.theme',
    storage: createJSONStorage(() => storageOf('localStorage')),
    merge: (saved, now) => {
      const { choice } = (saved ?? {}) as { choice?: unknown };
      return isChoice(choice) ? { choice } : now;
    },
  }),
);

const query = () => window.matchMedia('(prefers-color-scheme: dark)');
const subscribe = (changed: () => void) => {
  const media = query();
  media.addEventListener('change', changed);
  return () => media.removeEventListener('change', changed);
};

/** Choose the colours. Anything that is no choice changes nothing. */
export function chooseTheme(choice: string): void {
  if (isChoice(choice)) useChoice.setState({ choice });
}

/** The theme in effect: the visitor's choice, or the system's. */
export function useTheme(): { theme: Theme; choice: Choice; choose: (choice: string) => void } {
  const choice = useChoice((now) => now.choice);
  const system = useSyncExternalStore(subscribe, () => query().matches);
  const theme = choice === 'auto' ? (system ? 'dark' : 'light') : choice;
  return { theme, choice, choose: chooseTheme };
}

export function useThemeOnDocument(): void {
  const { theme } = useTheme();
  useEffect(() => {
    document.documentElement.dataset.theme = theme;
  }, [theme]);
}
