import type { Canvas } from '../../api/types';
import { choice, field, object, only } from './fields';

export function readCanvas(value: unknown): Canvas {
  const canvas = object(value, 'layout.canvas');
  only(canvas, 'layout.canvas', ['width', 'height', 'wrap']);
  const side = (name: string) => field(canvas, 'layout.canvas', name, 'number');
  const wrap = choice(canvas, 'layout.canvas', 'wrap', ['none', 'x', 'y', 'both'], 'none');
  return { width: side('width'), height: side('height'), wrap };
}

export function readBox(value: unknown, where: string) {
  const box = object(value, where);
  only(box, where, ['x', 'y', 'width', 'height']);
  const number = (name: string) => field(box, where, name, 'number');
  return { x: number('x'), y: number('y'), width: number('width'), height: number('height') };
}
