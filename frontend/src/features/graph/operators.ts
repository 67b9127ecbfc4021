import { same } from '../../document/same';
import { words } from '../../words/words';
import { count, type Loose, list, record, type Size, sizeIn, text } from './loose';

/** A way from a control to a view: the operators on it in words, the one next to the control first. */
export interface Way {
  control: string;
  steps: string[];
}

export type Controls = Readonly<Record<string, Size | null>>;

const say = words.graph.operators;

/** The view that a part of a composite shows. `control` is short for the whole of a control. */
const viewOfPart = (part: Loose): Loose =>
  typeof part.control === 'string' ? { kind: 'identity', control: part.control } : record(part.of);

/** The size of a view in cells; null if the operator is incomplete. */
export function sizeOf(operator: Loose, controls: Controls): Size | null {
  switch (operator.kind) {
    case 'identity':
      return controls[text(operator.control)] ?? null;
    case 'crop':
      return sizeIn(record(operator.box));
    case 'resize':
      return sizeIn(operator);
    case 'composite':
      return sizeIn(record(operator.box)) ?? frameOf(operator, controls);
    case 'rotate': {
      const inner = sizeOf(record(operator.of), controls);
      return inner && count(operator.turns) % 2 === 1 ? { width: inner.height, height: inner.width } : inner;
    }
    default:
      return 'of' in operator ? sizeOf(record(operator.of), controls) : null;
  }
}

/** The size of a composite without its `box`. */
function frameOf(operator: Loose, controls: Controls): Size | null {
  const first = sizeOf(viewOfPart(record(list(operator.parts)[0])), controls);
  const width = count(operator.width) || (first?.width ?? 0);
  const height = count(operator.height) || (first?.height ?? 0);
  return sizeIn({ width, height });
}

/** One operator in words. `cell`: the pixels of a cell. */
function stepOf(operator: Loose, cell: number): string {
  switch (operator.kind) {
    case 'identity':
      return say.identity;
    case 'resize':
      return say.resize(sizeIn(operator), cell);
    case 'flip':
      return operator.axis === 'y' ? say.flipY : say.flipX;
    case 'rotate':
      return say.rotate(90 * count(operator.turns));
    case 'roll':
      return say.roll(count(operator.x), count(operator.y), cell);
    case 'background':
      return say.background;
    default:
      return say.unknown;
  }
}

/** The window of an operator in words; none if it shows all of `whole`. */
function windowStep(operator: Loose, whole: Size | null, cell: number): string[] {
  const box = record(operator.box);
  const size = sizeIn(box);
  const [x, y] = [count(box.x), count(box.y)];
  if (size && whole && same(size, whole) && x === 0 && y === 0) return [];
  const words = say.crop(size, x, y, cell);
  return [operator.shifts === true ? `${words}, ${say.shifts}` : words];
}

function waysOfComposite(operator: Loose, controls: Controls, cell: number): Way[] {
  const parts = list(operator.parts).map(record);
  const end = operator.box ? windowStep(operator, frameOf(operator, controls), cell) : [];
  return parts.flatMap((part, index) => {
    const step = say.part(index + 1, parts.length, count(part.x), count(part.y), cell);
    return ways(viewOfPart(part), controls, cell).map((way) => ({ ...way, steps: [...way.steps, step, ...end] }));
  });
}

function ways(operator: Loose, controls: Controls, cell: number): Way[] {
  const { kind, control } = operator;
  if (kind === 'composite') return waysOfComposite(operator, controls, cell);
  if (typeof control === 'string') {
    const window = kind === 'crop' ? windowStep(operator, controls[control] ?? null, cell) : [];
    return [{ control, steps: kind === 'crop' || kind === 'identity' ? window : [stepOf(operator, cell)] }];
  }
  if (!('of' in operator)) return [];
  const step = stepOf(operator, cell);
  return ways(record(operator.of), controls, cell).map((way) => ({ ...way, steps: [...way.steps, step] }));
}

/** Every way from a control to the view of an operator. A way without a step shows all of the control. */
export const waysOf = (operator: Loose, controls: Controls, cell: number): Way[] =>
  ways(operator, controls, cell).map((way) => (way.steps.length > 0 ? way : { ...way, steps: [say.identity] }));
