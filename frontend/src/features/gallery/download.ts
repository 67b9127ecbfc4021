import { fetchBlob } from '../../api/client';
import type { Job, JobResource, Output } from '../../api/types';
import { save } from '../../ui/save';
import { toast } from '../../ui/toasts';
import { words } from '../../words/words';

const short = (id: string) => id.slice(0, 8);

/** Save a picture as the PNG that the server made, with its document inside. */
export async function downloadPicture(job: JobResource, output: Output): Promise<void> {
  try {
    save(await fetchBlob(output.url), `inlay-${short(job.id)}-${output.name}.png`);
  } catch (error) {
    toast(error instanceof Error ? error.message : words.gallery.notFetched);
  }
}

/** Save all pictures of a job, each in a file of its own. */
export async function downloadPictures(job: JobResource, outputs: readonly Output[]): Promise<void> {
  for (const output of outputs) await downloadPicture(job, output);
}

export function downloadDocument(job: Job, id?: string): void {
  const blob = new Blob([`${JSON.stringify(job, null, 2)}\n`], { type: 'application/json' });
  save(blob, id ? `inlay-${short(id)}.json` : 'inlay-draft.json');
}
