import { type Draft, EMPTY } from '../draft';
import { field, list, object } from './fields';
import { KINDS, readCanvas, readLayout, readPrompted } from './layout';
import { readSampling } from './sampling';
import { readStart } from './start';

/** A saved draft, if this version of the studio can still edit it; layouts that an earlier one did not have are empty. */
export function restored(saved: unknown): Draft | null {
  try {
    const draft = { ...EMPTY, ...object(saved, 'draft') };
    const { panorama, illusion } = draft;
    for (const anchor of list(panorama.anchors, 'anchors')) readPrompted(anchor, 'anchors', ['id']);
    readCanvas(panorama.canvas);
    for (const view of list(illusion.views, 'views')) readPrompted(view, 'views', ['id', 'transform']);
    readCanvas(illusion.canvas);
    for (const kind of ['regions', 'scene', 'portrait', 'texture'] as const) readLayout({ kind, ...draft[kind] });
    field(draft.custom, 'custom', 'text', 'string');
    field({ ...draft }, 'draft', 'images', 'number');
    object(draft.outputs, 'outputs');
    readStart(draft.start);
    const sampling = { ...EMPTY.sampling, ...draft.sampling };
    readSampling({ ...sampling, model: '', steps: 1 });
    return KINDS.includes(draft.kind) && panorama.anchors.length > 0 ? { ...draft, sampling } : null;
  } catch {
    return null;
  }
}
