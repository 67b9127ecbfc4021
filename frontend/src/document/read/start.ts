import { DEFAULTS } from '../../api/limits';
import type { Start } from '../../api/types';
import { choice, field, object, only, optional } from './fields';
import { readBox } from './geometry';

const WHERE = 'start';
const FIELDS = ['picture', 'strength', 'fit', 'box', 'mask', 'keep', 'feather', 'seed'];

/** The picture that a job starts from. */
export function readStart(value: unknown): Start | null {
  if (value == null) return null;
  const start = object(value, WHERE);
  only(start, WHERE, FIELDS);
  return {
    picture: field(start, WHERE, 'picture', 'string'),
    strength: field(start, WHERE, 'strength', 'number', DEFAULTS.Start.strength),
    fit: choice(start, WHERE, 'fit', ['same', 'crop', 'stretch'], 'same'),
    box: start.box == null ? null : readBox(start.box, `${WHERE}.box`),
    mask: optional(start, WHERE, 'mask', 'string'),
    keep: choice(start, WHERE, 'keep', ['outside', 'inside'], 'outside'),
    feather: field(start, WHERE, 'feather', 'number', DEFAULTS.Start.feather),
    seed: optional(start, WHERE, 'seed', 'number'),
  };
}
