import type { Layout, Sampling } from '../../api/types';
import { type Draft, EMPTY, type Flags } from '../draft';
import { editing } from '../job';
import { type Fields, field, list, NotAJob, object, only, optional } from './fields';
import { readDraftGuides } from './guides';
import { KINDS, readLayout } from './layout';
import { readSampling } from './sampling';
import { readStart } from './start';

/** Remove the ids of a list's items, which exist in the studio only. */
const without = (items: readonly Fields[]) => items.map(({ id: _, ...rest }) => rest);

function withIds<Item extends { id: string }>(items: readonly Item[], saved: readonly Fields[], where: string): Item[] {
  return items.map((item, at) => ({ ...item, id: field(saved[at] ?? {}, where, 'id', 'string') }));
}

const parts = (value: unknown, where: string) => list(value, where).map((item) => object(item, where));

/** Read every layout of a draft, each as the document that it would become. */
function readLayouts(draft: Fields): Draft {
  const layout = (kind: Layout['kind'], change: Fields = {}) => {
    const { anchors: _, ...saved } = object(draft[kind], kind);
    return editing(readLayout({ kind, ...saved, ...change }));
  };
  const anchors = parts(object(draft.panorama, 'panorama').anchors, 'anchors');
  const views = parts(object(draft.illusion, 'illusion').views, 'views');
  const read = {
    ...EMPTY,
    ...layout('panorama', { windows: without(anchors) }),
    ...layout('illusion', { views: without(views) }),
    ...layout('regions'),
    ...layout('scene'),
    ...layout('portrait'),
    ...layout('texture'),
    custom: { text: field(object(draft.custom, 'custom'), 'custom', 'text', 'string') },
  };
  const { panorama, illusion } = read;
  return {
    ...read,
    panorama: { ...panorama, anchors: withIds(panorama.anchors, anchors, 'anchors') },
    illusion: { ...illusion, views: withIds(illusion.views, views, 'views') },
  };
}

/** Read the sampling of a draft. Model and steps may be open, and the chosen solver is kept. */
function readDraftSampling(value: unknown): Draft['sampling'] {
  const saved = { ...EMPTY.sampling, ...object(value, 'sampling') };
  const read = readSampling({ ...saved, model: saved.model ?? '', steps: saved.steps ?? 1 });
  const solver: Sampling['agree']['solver'] = saved.agree?.solver === 'diagonal' ? 'diagonal' : read.agree.solver;
  return {
    ...read,
    model: saved.model === null ? null : read.model,
    steps: saved.steps === null ? null : read.steps,
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
  if (!kind) throw new NotAJob(`The draft's kind should be one of ${KINDS.join(', ')}.`);
  return kind;
}

function readNames(value: unknown, where: string): string[] {
  const names = list(value, where);
  if (names.every((name) => typeof name === 'string')) return names;
  throw new NotAJob(`${where} should be names.`);
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

/** Read a saved draft; null if this version of the studio cannot edit it. Layouts that an earlier version did not have
 * are empty. */
export function restored(saved: unknown): Draft | null {
  try {
    const draft: Fields = { ...EMPTY, ...object(saved, 'draft') };
    only(draft, 'The draft', Object.keys(EMPTY));
    return {
      ...readLayouts(draft),
      kind: readKind(draft.kind),
      sampling: readDraftSampling(draft.sampling),
      start: readStart(draft.start),
      images: field(draft, 'draft', 'images', 'number'),
      keep: optional(draft, 'draft', 'keep', 'number'),
      outputs: readOutputs(draft.outputs),
      guides: readDraftGuides(draft.guides, KINDS),
      flags: readFlags(draft.flags),
    };
  } catch {
    return null;
  }
}
