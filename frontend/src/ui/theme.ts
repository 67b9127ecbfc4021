import { useEffect, useSyncExternalStore } from 'react';
import { create } from 'zustand';
import { persist } from 'zustand/middleware';

type Choice = 'auto' | 'light' | 'dark';
export type Theme = 'light' | 'dark';

const NEXT: Record<Choice, Choice> = { auto: 'light', light: 'dark', dark: 'auto' };

const useChoice = create<{ choice: Choice }>()(persist(() => ({ choice: 'auto' as Choice }), { name: 'inlay.theme' }));

const query = () => window.matchMedia('(prefers-color-scheme: dark)');
const subscribe = (changed: () => void) => {
  const media = query();
  media.addEventListener('change', changed);
  return () => media.removeEventListener('change', changed);
};

/** The theme in effect: the visitor's choice, or the system's. */
export function useTheme(): { theme: Theme; choice: Choice; next: () => void } {
  const choice = useChoice((now) => now.choice);
  const system = useSyncExternalStore(subscribe, () => query().matches);
  const theme = choice === 'auto' ? (system ? 'dark' : 'light') : choice;
  return { theme, choice, next: () => useChoice.setState({ choice: NEXT[choice] }) };
}

export function useThemeOnDocument(): void {
  const { theme } = useTheme();
  useEffect(() => {
    document.documentElement.dataset.theme = theme;
  }, [theme]);
}
