import { type Fault, faultAt, type Location } from '../../api/problem';

const OWN: ReadonlySet<string | number | undefined> = new Set([
  ...['negative_prompt', 'guidance', 'guidance_rescale', 'seed', 'model', 'active'],
  ...['control', 'loras', 'reference'],
]);

/** What is wrong with the prompt at `at`, less what stands beside another field: its box, and what is unfolded. */
export const faultOf = (faults: readonly Fault[], at: Location, unfolded: boolean): string | undefined =>
  faultAt(
    faults.filter((one) => one.location[at.length] !== 'box' && !(unfolded && isOwn(one, at))),
    ...at,
  );

/** Whether what is wrong lies in a field of the prompt at `at` that is folded away. */
export const isOwn = ({ location }: Fault, at: Location): boolean =>
  at.every((step, index) => location[index] === step) && OWN.has(location[at.length]);
