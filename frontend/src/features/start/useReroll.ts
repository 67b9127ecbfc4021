import type { JobResource } from '../../api/types';
import { partOf } from '../../document/boxes';
import { useSession } from '../../session';
import { useGenerate } from '../jobs/useGenerate';
import { useOutput } from '../jobs/useJob';
import { reroll } from './actions';

/** The action that redraws the chosen box in the job's finished picture; null if that is not possible. */
export function useReroll(job: JobResource | undefined): (() => void) | null {
  const selected = useSession((now) => now.selected);
  const output = useOutput(job);
  const { sent, generate } = useGenerate();
  const part = output ? partOf(sent, selected, output) : null;
  if (!job || !output || !part) return null;
  const before = { job: job.id, picture: output.name, url: output.url };
  return () => reroll(before, part, generate);
}
