export const FAMILY = 'system-ui, sans-serif';

const ruler = document.createElement('canvas').getContext('2d');
const KNOWN = new Map<string, number>();
const MOST = 500; // texts whose width is remembered

/** The width of a text in the canvas's font, in screen pixels. */
export function widthOf(text: string, size: number): number {
  if (!ruler) return text.length * size;
  const key = `${size} ${text}`;
  const known = KNOWN.get(key);
  if (known !== undefined) return known;
  ruler.font = `${size}px ${FAMILY}`;
  const { width } = ruler.measureText(text);
  if (KNOWN.size >= MOST) KNOWN.clear();
  KNOWN.set(key, width);
  return width;
}
