import type { OfferedModel } from '../../api/types';
import { words } from '../../words/words';

const GIGABYTE = 1e9;
const MEGABYTE = 1e6;

type Offered = Pick<OfferedModel, 'description' | 'fits'>;

/** Format bytes for people. */
const sized = (bytes: number): string =>
  bytes < GIGABYTE / 10
    ? words.numbers.megabytes(Math.max(1, Math.round(bytes / MEGABYTE)))
    : words.numbers.gigabytes(bytes / GIGABYTE);

/** The label of a model in a list: its title, and the memory that it needs if it does not fit the device. */
export function labelOf({ description, fits }: Offered): string {
  const { title, weights_bytes: bytes } = description;
  if (fits !== false || bytes == null) return title;
  return words.sampling.modelTooLarge(title, sized(bytes));
}

/** A sentence on the memory that a model needs and if the device has it; null while neither is known. */
export function needsOf({ description: { weights_bytes: bytes }, fits }: Offered): string | null {
  if (bytes == null) return null;
  return words.sampling.modelNeeds(sized(bytes), fits);
}

/** The first choice of a model: the one of the examples if it is there and fits, else the first that fits, else the
 * first. */
export function firstChoice<Model extends Offered>(
  offered: readonly Model[],
  written: readonly string[],
): Model | undefined {
  const fitting = offered.filter(({ fits }) => fits !== false);
  return fitting.find(({ description }) => written.includes(description.id)) ?? fitting[0] ?? offered[0];
}
