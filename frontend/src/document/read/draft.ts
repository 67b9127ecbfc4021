import type { Kind, Sampling } from '../../api/types';
import { words } from '../../words/words';
import { type Draft, EMPTY, type Flags } from '../draft';
import { editing } from '../job';
import { choice, type Fields, field, list, NotAJob, object, only, optional, readNames } from './fields';
import { readDraftGuides } from './guides';
import { KEPT_FRAMES } from './job';
import { KINDS, readLayout } from './layout';
import { readDraftPatch, readDraftStart } from './painted';
import { readSampling } from './sampling';

/** Remove the ids of a list's items, which exist in the studio only. */
const without = (items: readonly Fields[]) => items.map(({ id: _, ...rest }) => rest);

function withIds<Item extends { id: string }>(items: readonly Item[], saved: readonly Fields[], where: string): Item[] {
  return items.map((item, at) => ({ ...item, id: field(saved[at] ?? {}, where, 'id', 'string') }));
}

/** All kinds but custom: their drafts are read as the layouts of documents. */
type DrawnKind = Exclude<Kind, 'custom'>;

const parts = (value: unknown, where: string) => list(value, where).map((item) => object(item, where));

/** Read a layout of a draft as the document that it would become. */
function readDraftLayout<Kind extends DrawnKind>(draft: Fields, kind: Kind, change: Fields = {}): Draft[Kind] {
  const { anchors: _, ...saved } = object(draft[kind], kind);
  return { ...EMPTY, ...editing(readLayout({ kind, ...saved, ...change })) }[kind];
}

function readPanorama(draft: Fields): Draft['panorama'] {
  const anchors = parts(object(draft.panorama, 'panorama').anchors, 'anchors');
  const panorama = readDraftLayout(draft, 'panorama', { windows: without(anchors) });
  return { ...panorama, anchors: withIds(panorama.anchors, anchors, 'anchors') };
}

/** Read the regions of a draft, whose patches may have strokes. */
function readRegions(draft: Fields): Draft['regions'] {
  const saved = list(object(draft.regions, 'regions').patches ?? [], 'patches');
  const patches = saved.map((patch, at) => readDraftPatch(patch, `patches.${at}`));
  return { ...readDraftLayout(draft, 'regions', { patches: [] }), patches };
}

function readIllusion(draft: Fields): Draft['illusion'] {
  const views = parts(object(draft.illusion, 'illusion').views, 'views');
  const illusion = readDraftLayout(draft, 'illusion', { views: without(views) });
  return { ...illusion, views: withIds(illusion.views, views, 'views') };
}

/** Read the sampling of a draft. The model may be open, and the chosen solver is kept. */
function readDraftSampling(value: unknown): Draft['sampling'] {
  const saved = { ...EMPTY.sampling, ...object(value, 'sampling') };
  const read = readSampling({ ...saved, model: saved.model ?? '' });
  const solver: Sampling['agree']['solver'] = saved.agree?.solver === 'diagonal' ? 'diagonal' : read.agree.solver;
  return {
    ...read,
    model: saved.model === null ? null : read.model,
    agree: { ...read.agree, solver },
  };
}

/** Read the nodes that the visitor chose to save as pictures, for each kind of layout. */
function readOutputs(value: unknown): Draft['outputs'] {
  const outputs = object(value, 'outputs');
  only(outputs, 'outputs', KINDS);
  for (const [kind, names] of Object.entries(outputs)) {
    readNames(names, kind);
  }
  return outputs as Draft['outputs'];
}

function readKind(value: unknown): Draft['kind'] {
  const kind = KINDS.find((one) => one === value);
  if (!kind) throw new NotAJob(words.reading.oneOf('draft.kind', KINDS));
  return kind;
}

/** Read what is locked and hidden in each kind of layout. */
function readFlags(value: unknown): Draft['flags'] {
  const flags = object(value, 'flags');
  only(flags, 'flags', KINDS);
  const read = (kind: string, saved: Fields): Flags => {
    only(saved, `flags.${kind}`, ['locked', 'hidden']);
    return {
      locked: readNames(saved.locked, `flags.${kind}.locked`),
      hidden: readNames(saved.hidden, `flags.${kind}.hidden`),
    };
  };
  return Object.fromEntries(Object.entries(flags).map(([kind, saved]) => [kind, read(kind, object(saved, kind))]));
}

/** How each part of a draft is read. */
const READERS: { [Part in keyof Draft]: (draft: Fields) => Draft[Part] } = {
  kind: (draft) => readKind(draft.kind),
  panorama: readPanorama,
  regions: readRegions,
  scene: (draft) => readDraftLayout(draft, 'scene'),
  portrait: (draft) => readDraftLayout(draft, 'portrait'),
  illusion: readIllusion,
  texture: (draft) => readDraftLayout(draft, 'texture'),
  custom: (draft) => ({ text: field(object(draft.custom, 'custom'), 'custom', 'text', 'string') }),
  sampling: (draft) => readDraftSampling(draft.sampling),
  start: (draft) => readDraftStart(draft.start),
  images: (draft) => field(draft, 'draft', 'images', 'number'),
  keep: (draft) => optional(draft, 'draft', 'keep', 'number'),
  keepFrames: (draft) => choice(draft, 'draft', 'keepFrames', KEPT_FRAMES, 'outputs'),
  outputs: (draft) => readOutputs(draft.outputs),
  guides: (draft) => readDraftGuides(draft.guides, KINDS),
  flags: (draft) => readFlags(draft.flags),
  fittedTo: (draft) => field(draft, 'draft', 'fittedTo', 'number'),
};
const PARTS = Object.keys(READERS) as (keyof Draft)[];

/** Read a saved draft. Layouts that an earlier version did not have are empty. Throws `NotAJob`. */
function readDraft(saved: unknown): Draft {
  const draft: Fields = { ...EMPTY, ...object(saved, 'draft') };
  only(draft, words.reading.draft, PARTS);
  return Object.fromEntries(PARTS.map((part) => [part, READERS[part](draft)])) as unknown as Draft;
}

/** Read a saved draft; null if this version of the studio cannot edit all of it. */
export function restored(saved: unknown): Draft | null {
  try {
    return readDraft(saved);
  } catch {
    return null;
  }
}

/** Read the parts of a saved draft that this version of the studio can edit. The others are those of an empty draft. */
export function salvaged(saved: unknown): Draft {
  const draft: Fields = { ...EMPTY, ...(typeof saved === 'object' ? saved : null) };
  const read = (part: keyof Draft) => {
    try {
      return READERS[part](draft);
    } catch {
      return EMPTY[part];
    }
  };
  return Object.fromEntries(PARTS.map((part) => [part, read(part)])) as unknown as Draft;
}
