import { DEFAULTS } from '../../api/limits';
import type { Guide } from '../../api/types';
import { readBox } from './box';
import { choice, type Fields, field, list, numbers, object, only, optional, range } from './fields';

const COMMON = ['kind', 'box', 'mask', 'weight', 'active', 'deviation'];
const KINDS: readonly Guide['kind'][] = ['sketch', 'palette', 'keep_close'];
const OF = { sketch: DEFAULTS.Sketch, palette: DEFAULTS.Palette, keep_close: DEFAULTS.KeepClose };

function readPicture(guide: Fields, where: string) {
  const fit = choice(guide, where, 'fit', ['same', 'crop', 'stretch'], DEFAULTS.Sketch.fit);
  return { picture: field(guide, where, 'picture', 'string'), fit };
}

function readGuide(value: unknown, where: string): Guide {
  const guide = object(value, where);
  const kind = choice(guide, where, 'kind', KINDS, 'sketch');
  const common = {
    box: guide.box == null ? null : readBox(guide.box, `${where}.box`),
    mask: optional(guide, where, 'mask', 'string'),
    weight: field(guide, where, 'weight', 'number', OF[kind].weight),
    deviation: field(guide, where, 'deviation', 'number', OF[kind].deviation),
    active: range(guide.active, `${where}.active`),
  };
  const scale = optional(guide, where, 'scale', 'number');
  switch (kind) {
    case 'sketch':
      only(guide, where, [...COMMON, 'picture', 'fit', 'scale']);
      return { kind, ...common, ...readPicture(guide, where), scale };
    case 'palette':
      only(guide, where, [...COMMON, 'colour', 'scale']);
      return { kind, ...common, colour: numbers(guide.colour, `${where}.colour`, 3), scale };
    case 'keep_close':
      only(guide, where, [...COMMON, 'picture', 'fit']);
      return { kind, ...common, ...readPicture(guide, where) };
  }
}

/** Read the guides of a layout. The studio keeps them in the document. */
export const readGuides = (layout: Fields): Guide[] =>
  list(layout.guides ?? [], 'layout.guides').map((one, index) => readGuide(one, `layout.guides.${index}`));
