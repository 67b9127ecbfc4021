import type { OfferedModel } from '../../api/types';

const GIGABYTE = 1e9;

/** A model in a list: its title, and where it does not fit the device, what it would need. */
export function labelOf({ description, fits }: Pick<OfferedModel, 'description' | 'fits'>): string {
  const { title, weights_bytes: bytes } = description;
  if (fits !== false || bytes == null) return title;
  return `${title} (needs ${(bytes / GIGABYTE).toFixed(1)} GB, too large here)`;
}
