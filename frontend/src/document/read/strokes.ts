import type { Stroke } from '../../geometry/strokes';
import { words } from '../../words/words';
import { field, list, NotAJob, numbers, object, only, optional } from './fields';

function readStroke(value: unknown, where: string): Stroke {
  const stroke = object(value, where);
  only(stroke, where, ['colour', 'size', 'soft', 'points', 'filled']);
  const points = list(stroke.points, `${where}.points`);
  const soft = optional(stroke, where, 'soft', 'number');
  if (stroke.filled !== undefined && stroke.filled !== true)
    throw new NotAJob(words.reading.oneOf(`${where}.filled`, ['true']));
  return {
    colour: optional(stroke, where, 'colour', 'string'),
    size: field(stroke, where, 'size', 'number'),
    ...(soft !== null && { soft }),
    points: numbers(points, `${where}.points`, points.length),
    ...(stroke.filled && { filled: true as const }),
  };
}

/** Read the strokes of a saved draft. `where` is what they are painted on. */
export const readStrokes = (value: unknown, where: string): Stroke[] =>
  list(value ?? [], `${where}.strokes`).map((stroke, at) => readStroke(stroke, `${where}.strokes.${at}`));
