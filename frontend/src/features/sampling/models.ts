import type { OfferedModel } from '../../api/types';
import { readersOf } from '../../document/examples';
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

/** The first choice of a model: of those that know the words of the examples and fit, the one of the largest pictures;
 * else the first that fits, else the first. */
export function firstChoice<Model extends Offered>(offered: readonly Model[]): Model | undefined {
  const fitting = offered.filter(({ fits }) => fits !== false);
  const readers = readersOf(fitting.map(({ description }) => description));
  const sides = readers.map(({ native_size }) => native_size);
  const largest = readers[sides.indexOf(Math.max(...sides))];
  return fitting.find(({ description }) => description === largest) ?? fitting[0] ?? offered[0];
}
