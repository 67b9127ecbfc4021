import type { JobResource, Output } from '../../api/types';
import { titleOf, titleOfOutput } from '../jobs/words';

/** A picture's label in its grid, its prompts, and its name if the job has several. */
export function nameOf(job: JobResource, output: Output, label: string | null): string {
  const which = job.outputs.length > 1 ? titleOfOutput(output, job.spec) : null;
  return [label, titleOf(job.spec), which].filter(Boolean).join(' · ');
}
