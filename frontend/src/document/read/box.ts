import { field, object, only } from './fields';

export function readBox(value: unknown, where: string) {
  const box = object(value, where);
  only(box, where, ['x', 'y', 'width', 'height']);
  const number = (name: string) => field(box, where, name, 'number');
  return { x: number('x'), y: number('y'), width: number('width'), height: number('height') };
}
