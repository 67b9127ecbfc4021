import type { Action } from '../../actions/action';
import { words } from '../../words/words';
import { shownPicture } from '../jobs/commands';
import { exportLayers, LAYERS_FORMATS } from './layers';

/** Export the layers of the picture on the canvas. */
export const layersActions = (): readonly Action[] =>
  LAYERS_FORMATS.map((format) => ({
    id: `file.layers.${format}`,
    label: words.layersOut.exportAs[format],
    keywords: words.layersOut.keywords,
    icon: 'download',
    enabled: () => shownPicture() !== null,
    run: () => {
      const shown = shownPicture();
      if (shown) exportLayers(shown.job, shown.output, format);
    },
  }));
