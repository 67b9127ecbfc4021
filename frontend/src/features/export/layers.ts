import { fetchLayers, type LayersFormat } from '../../api/client';
import { ApiProblem } from '../../api/problem';
import type { JobResource, Output } from '../../api/types';
import type { MenuItem } from '../../ui/menuEntries';
import { save } from '../../ui/save';
import { toast } from '../../ui/toasts';
import { words } from '../../words/words';
import { pictureOf } from '../jobs/words';

export const LAYERS_FORMATS: readonly LayersFormat[] = ['ora', 'psd'];

const said = words.layersOut;

/** Save the layers of the image that a picture belongs to: all pictures of the image, its patches and its views. */
export async function exportLayers(job: JobResource, output: Output, format: LayersFormat): Promise<void> {
  const { image } = pictureOf(output, job.spec);
  const number = job.spec.images > 1 ? `-${image}` : '';
  const name = `inlay-${job.id.slice(0, 8)}-layers${number}.${format}`;
  toast(said.preparing);
  try {
    save(await fetchLayers(job.id, image, format), name);
    toast(said.saved(name));
  } catch (error) {
    toast(error instanceof ApiProblem ? error.message : said.failed);
  }
}

/** The entries of a menu that export the layers of a picture. */
export const layersEntries = (job: JobResource, output: Output | undefined): MenuItem[] =>
  LAYERS_FORMATS.map((format) => ({
    label: said.exportAs[format],
    icon: 'download',
    disabled: !output,
    testId: `layers-${format}`,
    onSelect: () => output && exportLayers(job, output, format),
  }));
