import { type Draft, EMPTY } from '../draft';
import { field, list, NotAJob, object } from './fields';
import { KINDS, readLayout } from './layout';
import { readSampling } from './sampling';
import { readStart } from './start';

const without = <Item extends { id: unknown }>(items: readonly Item[]) => items.map(({ id: _, ...rest }) => rest);

/** What the studio tells apart by ids of its own, which no document has. */
function readIds(items: readonly object[], where: string): void {
  for (const item of items) field({ ...item }, where, 'id', 'string');
}

function readOutputs(outputs: Draft['outputs']): void {
  for (const [kind, names] of Object.entries(object(outputs, 'outputs'))) {
    if (!list(names, kind).every((name) => typeof name === 'string')) throw new NotAJob(`${kind} should be names.`);
  }
}

/** Every layout of a draft as the document that it would be; a layout that is not whole is refused. */
function readLayouts(draft: Draft): void {
  const { panorama, illusion } = draft;
  const { anchors, ...wide } = panorama;
  readLayout({ kind: 'panorama', ...wide, windows: without(anchors) });
  readIds(anchors, 'anchors');
  readLayout({ kind: 'illusion', ...illusion, views: without(illusion.views) });
  readIds(illusion.views, 'views');
  for (const kind of ['regions', 'scene', 'portrait', 'texture'] as const) readLayout({ kind, ...draft[kind] });
  field(draft.custom, 'custom', 'text', 'string');
}

/** A saved draft, if this version of the studio can still edit it; layouts that an earlier one did not have are empty. */
export function restored(saved: unknown): Draft | null {
  try {
    const draft = { ...EMPTY, ...object(saved, 'draft') };
    readLayouts(draft);
    field({ ...draft }, 'draft', 'images', 'number');
    readOutputs(draft.outputs);
    readStart(draft.start);
    const sampling = { ...EMPTY.sampling, ...draft.sampling };
    const { model, steps, ...rest } = sampling;
    readSampling({ ...rest, model: model ?? '', steps: steps ?? 1 });
    return KINDS.includes(draft.kind) ? { ...draft, sampling } : null;
  } catch {
    return null;
  }
}
