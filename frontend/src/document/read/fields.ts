import { words } from '../../words/words';
/** The error for a file that is not a job document. The message says where and why. */
export class NotAJob extends Error {}

export type Fields = Record<string, unknown>;

export function object(value: unknown, where: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw new NotAJob(words.reading.object(where));
}

export function list(value: unknown, where: string): unknown[] {
  if (!Array.isArray(value)) throw new NotAJob(words.reading.list(where));
  return value;
}

/** The error for a field that the studio would lose. `holder` is the object that has it. */
export class UnknownField extends NotAJob {
  constructor(
    readonly holder: Fields,
    readonly where: string,
    readonly field: string,
  ) {
    super(words.reading.unknown(where, field));
  }
}

/** Refuse fields that the studio would lose. */
export function only(value: Fields, where: string, fields: readonly string[]): void {
  const stranger = Object.keys(value).find((field) => !fields.includes(field));
  if (stranger !== undefined) throw new UnknownField(value, where, stranger);
}

interface Primitives {
  string: string;
  number: number;
  boolean: boolean;
}

export function field<Name extends keyof Primitives>(
  value: Fields,
  where: string,
  name: string,
  kind: Name,
  fallback?: Primitives[Name],
): Primitives[Name] {
  const found = value[name] ?? fallback;
  const endless = typeof found === 'number' && !Number.isFinite(found); // 1e999 is JSON
  if (typeof found !== kind || endless) throw new NotAJob(words.reading[kind](`${where}.${name}`));
  return found as Primitives[Name];
}

export const optional = <Name extends keyof Primitives>(value: Fields, where: string, name: string, kind: Name) =>
  value[name] == null ? null : field(value, where, name, kind);

export function choice<Value extends string>(
  value: Fields,
  where: string,
  name: string,
  among: readonly Value[],
  fallback: Value,
): Value {
  const found = among.find((one) => one === (value[name] ?? fallback));
  if (found === undefined) throw new NotAJob(words.reading.oneOf(`${where}.${name}`, among));
  return found;
}

export function numbers(value: unknown, where: string, count: number): number[] {
  const all = list(value, where);
  if (all.length === count && all.every((one): one is number => Number.isFinite(one))) return all;
  throw new NotAJob(words.reading.numbers(where, count));
}

/** Read a range of the run, as fractions of its steps. The default is the whole run. */
export const range = (value: unknown, where: string): number[] => (value == null ? [0, 1] : numbers(value, where, 2));

/** Read how a weight comes and goes: [in, out], as fractions of the run's steps. By default nothing fades. */
export const fading = (value: Fields, where: string): { fade?: number[] } =>
  value.fade == null ? {} : { fade: numbers(value.fade, `${where}.fade`, 2) };

/** Read a list of names. */
export function readNames(value: unknown, where: string): string[] {
  const names = list(value, where);
  if (names.every((name): name is string => typeof name === 'string')) return names;
  throw new NotAJob(words.reading.names(where));
}
