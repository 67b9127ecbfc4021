import { useCallback, useSyncExternalStore } from 'react';

/** True while the window fulfils a media query. */
function useMedia(query: string): boolean {
  const subscribe = useCallback(
    (changed: () => void) => {
      const media = window.matchMedia(query);
      media.addEventListener('change', changed);
      return () => media.removeEventListener('change', changed);
    },
    [query],
  );
  return useSyncExternalStore(subscribe, () => window.matchMedia(query).matches);
}

/** True on a phone, where the panels are a sheet below the canvas. The same width is in the style sheets. */
export const useNarrow = () => useMedia('(max-width: 860px)');
