import { DEFAULTS } from '../../api/limits';
import type { Kind, SentGuide } from '../../api/types';
import { words } from '../../words/words';
import type { Guide } from '../guide';
import { choice, type Fields, fading, field, list, NotAJob, numbers, object, only, optional, range } from './fields';
import { readBox } from './geometry';
import { readStrokes } from './strokes';

const KINDS = ['sketch', 'palette', 'keep_close'] as const;
const SHARED = ['kind', 'box', 'mask', 'weight', 'active', 'fade', 'deviation'];
const FIELDS: Record<SentGuide['kind'], readonly string[]> = {
  sketch: [...SHARED, 'picture', 'fit', 'scale'],
  palette: [...SHARED, 'colour', 'scale'],
  keep_close: [...SHARED, 'picture', 'fit'],
};

/** Read the fields that all guides have. */
function readShared(guide: Fields, where: string, defaults: { weight: number; deviation: number }) {
  return {
    box: guide.box == null ? null : readBox(guide.box, `${where}.box`),
    mask: optional(guide, where, 'mask', 'string'),
    weight: field(guide, where, 'weight', 'number', defaults.weight),
    active: range(guide.active, `${where}.active`),
    ...fading(guide, where),
    deviation: field(guide, where, 'deviation', 'number', defaults.deviation),
  };
}

const readPicture = (guide: Fields, where: string) => ({
  picture: field(guide, where, 'picture', 'string'),
  fit: choice(guide, where, 'fit', ['same', 'crop', 'stretch'], 'same'),
});

function readGuide(value: unknown, where: string): SentGuide {
  const guide = object(value, where);
  const kind = KINDS.find((one) => one === guide.kind);
  if (!kind) throw new NotAJob(words.reading.oneOf(`${where}.kind`, KINDS));
  only(guide, where, FIELDS[kind]);
  const scale = optional(guide, where, 'scale', 'number');
  switch (kind) {
    case 'sketch':
      return { kind, ...readShared(guide, where, DEFAULTS.Sketch), ...readPicture(guide, where), scale };
    case 'palette':
      return {
        kind,
        ...readShared(guide, where, DEFAULTS.Palette),
        colour: numbers(guide.colour, `${where}.colour`, 3),
        scale,
      };
    case 'keep_close':
      return { kind, ...readShared(guide, where, DEFAULTS.KeepClose), ...readPicture(guide, where) };
  }
}

/** Read the colour guides of a layout. */
export const readGuides = (value: unknown): SentGuide[] =>
  list(value ?? [], 'layout.guides').map((guide, at) => readGuide(guide, `layout.guides.${at}`));

/** Read a guide of a saved draft. It may have no picture yet, and a sketch may have strokes. */
function readDraftGuide(value: unknown, where: string): Guide {
  const { id: _, hidden: __, strokes, ...rest } = object(value, where); // guides of older drafts say if they are hidden
  const own = { id: field(object(value, where), where, 'id', 'string') };
  const read = readGuide({ ...rest, ...(rest.kind !== 'palette' && { picture: rest.picture ?? '' }) }, where);
  if (read.kind === 'palette') return { ...read, ...own };
  const picture = read.picture || null;
  if (read.kind === 'keep_close') return { ...read, ...own, picture };
  return { ...read, ...own, picture, strokes: readStrokes(strokes, where) };
}

/** Read the guides of a saved draft, for each kind of layout. */
export function readDraftGuides(value: unknown, kinds: readonly Kind[]): Partial<Record<Kind, Guide[]>> {
  const guides = object(value, 'guides');
  only(guides, 'guides', kinds);
  const read = (kind: string, all: unknown) =>
    list(all, kind).map((guide, at) => readDraftGuide(guide, `guides.${kind}.${at}`));
  return Object.fromEntries(Object.entries(guides).map(([kind, all]) => [kind, read(kind, all)]));
}
