import { type RefObject, useEffect } from 'react';

/** Make an element a stop of Tab while its content does not fit, so that keys can scroll it. */
export function useKeysScroll(element: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const box = element.current;
    if (!box) return;
    const update = () => {
      if (box.scrollHeight > box.clientHeight) box.tabIndex = 0;
      else box.removeAttribute('tabindex');
    };
    const sizes = new ResizeObserver(update);
    const contents = new MutationObserver(update);
    sizes.observe(box);
    contents.observe(box, { childList: true, subtree: true, characterData: true, attributeFilter: ['open'] });
    return () => {
      sizes.disconnect();
      contents.disconnect();
    };
  }, [element]);
}
