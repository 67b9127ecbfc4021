import { type RefObject, useLayoutEffect, useState } from 'react';

const WIDEST = 200; // pixels of a tile
const FEWEST = 2; // columns
const CAPTION = 36; // pixels below the picture, with the gap between rows
const GAP = 8;

/** The number of columns, and the height of a row in pixels, so that the tiles fill the width. */
export function useTileSize(scroller: RefObject<HTMLElement | null>): { columns: number; height: number } {
  const [width, setWidth] = useState(800);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const measured = new ResizeObserver(([entry]) => setWidth(entry?.contentRect.width ?? 800));
    measured.observe(element);
    setWidth(element.clientWidth);
    return () => measured.disconnect();
  }, [scroller]);
  const columns = Math.max(FEWEST, Math.ceil(width / WIDEST));
  const tile = (width - GAP * (columns - 1)) / columns;
  return { columns, height: Math.round(tile * 0.75) + CAPTION };
}
