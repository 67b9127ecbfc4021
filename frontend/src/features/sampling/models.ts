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

function chosenFirst<Model extends Offered>(offered: readonly Model[]): Model | undefined {
  const readers = readersOf(offered.map(({ description }) => description));
  const fitting = offered.filter(({ fits }) => fits !== false);
  const large = fitting
    .filter(({ description }) => readers.includes(description))
    .sort((one, other) => other.description.native_size - one.description.native_size);
  return large[0] ?? fitting[0] ?? offered[0];
}

const chosen = new WeakMap<readonly Offered[], Offered | undefined>(); // comparing vocabularies takes time

/** The first choice of a model: of those that know the words of the examples and fit, the one of the largest pictures;
 * else the first that fits, else the first. */
export function firstChoice<Model extends Offered>(offered: readonly Model[]): Model | undefined {
  if (!chosen.has(offered)) chosen.set(offered, chosenFirst(offered));
  return chosen.get(offered) as Model | undefined;
}
