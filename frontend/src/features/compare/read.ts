/** A picture of a job; null means the first. */
export interface Side {
  job: string;
  picture: string | null;
}

/** One picture of a grid: its job, or the reason why it has none. */
export interface Cell {
  label: string;
  /** What the job does otherwise than the others, in a sentence. */
  says: string;
  job: string | null;
  why: string | null;
}

/** Jobs that were sent together. `axis` names what differs. */
export interface Grid {
  id: string;
  kind: 'methods' | 'variations';
  title: string;
  axis: string;
  made: number;
  cells: Cell[];
}

type Fields = Record<string, unknown>;

/** The fields of a stored value; none if it is no object. Another version of the studio may have stored anything. */
export const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};

const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);

export function sideOf(value: unknown): Side | null {
  const { job, picture } = fieldsOf(value);
  return typeof job === 'string' ? { job, picture: text(picture) } : null;
}

function cellOf(value: unknown): Cell {
  const { label, says, job, why } = fieldsOf(value);
  return { label: text(label) ?? '', says: text(says) ?? '', job: text(job), why: text(why) };
}

function gridOf(value: unknown): Grid[] {
  const { id, kind, title, axis, made, cells } = fieldsOf(value);
  if (typeof id !== 'string' || !Array.isArray(cells)) return [];
  const known = kind === 'methods' ? 'methods' : 'variations';
  return [
    {
      id,
      kind: known,
      title: text(title) ?? '',
      axis: text(axis) ?? '',
      made: typeof made === 'number' ? made : 0,
      cells: cells.map(cellOf),
    },
  ];
}

export const gridsOf = (value: unknown): Grid[] => (Array.isArray(value) ? value.flatMap(gridOf) : []);
