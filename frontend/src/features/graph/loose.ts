/** Readers for a graph that may be incomplete, because somebody is typing it. None of them fails. */

export type Loose = Readonly<Record<string, unknown>>;

export const record = (value: unknown): Loose =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Loose) : {};

export const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

export const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** A number of cells; 0 where there is none. */
export const count = (value: unknown): number => (typeof value === 'number' && Number.isFinite(value) ? value : 0);

export interface Size {
  width: number;
  height: number;
}

export const sizeIn = (value: Loose): Size | null => {
  const [width, height] = [count(value.width), count(value.height)];
  return width > 0 && height > 0 ? { width, height } : null;
};
