import { faultAt } from '../../api/problem';
import type { Guide } from '../../document/guide';
import { changeGuide, type GuidePart, placeOf } from '../../document/guides';
import { edit } from '../../document/store';
import { useGenerate } from '../jobs/useGenerate';

/** A guide, its errors from the server, and a function that changes it. */
export interface GuideFields<One extends Guide> {
  guide: One;
  fault: (...at: string[]) => string | undefined;
  change: (part: GuidePart<One>, name: string) => void;
}

/** The server's errors for a guide. */
export function useGuideFault({ id }: Guide): (...at: string[]) => string | undefined {
  const { sent, faults } = useGenerate();
  const place = placeOf(sent, id);
  return (...at) => (place < 0 ? undefined : faultAt(faults, 'layout', 'guides', place, ...at));
}

/** A function that changes a guide. Quick edits of the same field are undone together. */
export const changer =
  <One extends Guide>({ id }: One) =>
  (part: GuidePart<One>, name: string): void =>
    edit((draft) => changeGuide(draft, id, part), `${name} ${id}`);
