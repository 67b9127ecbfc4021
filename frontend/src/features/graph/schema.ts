import { components } from '../../../openapi.json';
import { type Loose, list, record, text } from './loose';
import type { Part } from './network';

/** The JSON schema of one value, as openapi.json has it. */
export type Schema = Loose;

const SCHEMAS: Loose = components.schemas;

/** The schema of a whole graph. */
const GRAPH: Schema = { $ref: '#/components/schemas/CustomGraph' };

const referred = (schema: Schema): Schema =>
  typeof schema.$ref === 'string' ? record(SCHEMAS[schema.$ref.split('/').at(-1) ?? '']) : schema;

export interface Resolved {
  schema: Schema;
  /** The value may be null, which means the same as leaving it out. */
  nullable: boolean;
}

/** A schema without its references and without the alternative null. */
export function resolved(schema: Schema): Resolved {
  const choices = list(schema.anyOf).map(record);
  const others = choices.filter(({ type }) => type !== 'null');
  const [only] = others;
  if (only && others.length === 1) return { schema: resolved(only).schema, nullable: choices.length > 1 };
  return { schema: referred(schema), nullable: false };
}

/** The schemas of a value that is told apart by its `kind`, by that kind; null for other values. */
export function kindsOf(schema: Schema): Readonly<Record<string, Schema>> | null {
  const { mapping } = record(schema.discriminator);
  if (typeof mapping !== 'object') return null;
  return Object.fromEntries(Object.entries(record(mapping)).map(([kind, ref]) => [kind, referred({ $ref: ref })]));
}

/** The schema of an object or of one of its kinds, as far as its value says which. */
export function chosen(schema: Schema, value: unknown): Schema {
  const { schema: own } = resolved(schema);
  const kinds = kindsOf(own);
  return kinds ? (kinds[text(record(value).kind)] ?? own) : own;
}

export const fieldsOf = (schema: Schema): readonly (readonly [string, Schema])[] =>
  Object.entries(record(schema.properties)).map(([name, field]) => [name, record(field)]);

export const isRequired = (schema: Schema, name: string): boolean => list(schema.required).includes(name);

/** The schema at a path of a value. The value decides where there are several kinds. */
export function schemaAt(path: readonly (string | number)[], value: unknown, from: Schema = GRAPH): Schema {
  const own = chosen(from, value);
  const [step, ...rest] = path;
  if (step === undefined) return own;
  if (typeof step === 'number') return schemaAt(rest, list(value)[step], record(own.items));
  const field = record(own.properties)[step] ?? Object.values(record(own.patternProperties))[0];
  return schemaAt(rest, record(value)[step], record(field));
}

/** The schema of the nodes of one part of a graph. */
export const schemaOfPart = (part: Part): Schema => schemaAt([part, 0], { [part]: [] });

/** The smallest value that a schema takes: required fields alone, each with its default, its first choice or its lowest
 * number, and the kind with the fewest fields. */
export function blank(schema: Schema): unknown {
  const { schema: own } = resolved(schema);
  const kinds = kindsOf(own);
  const [first] = Object.values(kinds ?? {}).sort(
    (one, other) => list(one.required).length - list(other.required).length,
  );
  if (first) return blank(first);
  if ('const' in own) return own.const;
  if ('default' in own) return own.default;
  if (Array.isArray(own.enum)) return own.enum[0];
  switch (own.type) {
    case 'object':
      return Object.fromEntries(
        fieldsOf(own)
          .filter(([name]) => isRequired(own, name))
          .map(([name, field]) => [name, blank(field)]),
      );
    case 'array':
      return Array.from({ length: Number(own.minItems ?? 0) }, () => blank(record(own.items)));
    case 'integer':
    case 'number':
      return Math.max(0, Number(own.minimum ?? 0));
    case 'boolean':
      return false;
    default:
      return '';
  }
}
