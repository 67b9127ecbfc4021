import { type Fault, faultAt, type Location } from '../../api/problem';
import type { Prompted } from '../../api/types';
import { words } from '../../words/words';

const OWN: ReadonlySet<string | number | undefined> = new Set([
  ...['negative_prompt', 'guidance', 'guidance_rescale', 'seed', 'model', 'active', 'fade'],
  ...['control', 'loras', 'reference'],
]);

/** The error of the prompt at `at`, except errors that another field shows: those of its box and of unfolded fields. */
export const faultOf = (faults: readonly Fault[], at: Location, unfolded: boolean): string | undefined =>
  faultAt(
    faults.filter((one) => one.location[at.length] !== 'box' && !(unfolded && isOwn(one, at))),
    ...at,
  );

/** True if an error is in a folded field of the prompt at `at`. */
export const isOwn = ({ location }: Fault, at: Location): boolean =>
  at.every((step, index) => location[index] === step) && OWN.has(location[at.length]);

/** The folded settings that a prompt has, a word or two each. A pose is shown elsewhere. */
export function ownParts({
  negative_prompt,
  seed,
  guidance,
  guidance_rescale,
  model,
  active,
  fade,
  ...adapters
}: Prompted): string[] {
  const { own } = words.layout;
  const parts = [
    negative_prompt !== '' && own.negative,
    seed != null && own.seed(seed),
    guidance != null && own.guidance(guidance),
    guidance_rescale != null && own.rescale(guidance_rescale),
    model,
    (active[0] !== 0 || active[1] !== 1) && own.active,
    fade?.some((share) => share > 0) && own.fades,
    adapters.control && adapters.control.kind !== 'pose' && words.adapters.controlNet,
    adapters.loras.length > 0 && own.loras(adapters.loras.length),
    adapters.reference && own.reference,
  ];
  return parts.filter((part) => typeof part === 'string');
}
