import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { same } from '../same';
import { readDocument } from './job';

type Schema = {
  $ref?: string;
  anyOf?: Schema[];
  oneOf?: Schema[];
  type?: string;
  const?: unknown;
  enum?: unknown[];
  properties?: Record<string, Schema>;
  items?: Schema;
  minItems?: number;
  minimum?: number;
  exclusiveMinimum?: number;
};

const { schemas } = JSON.parse(readFileSync(new URL('../../../openapi.json', import.meta.url), 'utf8')).components as {
  schemas: Record<string, Schema>;
};
const resolved = (schema: Schema): Schema =>
  schema.$ref ? (schemas[schema.$ref.split('/').at(-1) ?? ''] ?? {}) : schema;

/** Values of a schema: objects with every field, one for each alternative of a field. */
function valuesOf(schema: Schema): unknown[] {
  if (schema.$ref?.endsWith('/CustomGraph')) return [{ controls: [], observables: [], outputs: [] }]; // kept as it is
  const one = resolved(schema);
  const alternatives = one.anyOf ?? one.oneOf;
  if (alternatives) return alternatives.filter(({ type }) => type !== 'null').flatMap(valuesOf);
  if (one.const !== undefined) return [one.const];
  if (one.enum) return one.enum;
  if (one.type === 'object') return objectsOf(one);
  if (one.type === 'array') return valuesOf(one.items ?? {}).map((item) => Array(one.minItems ?? 1).fill(item));
  if (one.type === 'boolean') return [true];
  if (one.type === 'string') return ['text'];
  return [(one.minimum ?? one.exclusiveMinimum ?? 0) + 1];
}

function objectsOf({ properties = {} }: Schema): object[] {
  const fields = Object.entries(properties).map(([name, schema]) => [name, valuesOf(schema)] as const);
  const most = Math.max(1, ...fields.map(([, values]) => values.length));
  return Array.from({ length: most }, (_, at) =>
    Object.fromEntries(fields.map(([name, values]) => [name, values[at % values.length]])),
  );
}

/** A layout that the server accepts: a panorama has one prompt or several, a patch has a box or a mask, and a texture
 * wraps. */
function allowed(layout: { kind: string; [field: string]: unknown }): object {
  if (layout.kind === 'panorama') return { ...layout, prompt: undefined };
  if (layout.kind === 'texture') return { ...layout, canvas: { ...(layout.canvas as object), wrap: 'both' } };
  if (layout.kind !== 'regions') return layout;
  const patches = layout.patches as object[];
  const both = patches.flatMap((patch) => [
    { ...patch, mask: null },
    { ...patch, box: null },
  ]);
  return { ...layout, patches: both };
}

const { layout, sampling, start } = resolved({ $ref: '#/Job' }).properties ?? {};
const layouts = valuesOf(layout ?? {}).map((one) => allowed(one as { kind: string }));
const [anySampling] = valuesOf(sampling ?? {});

describe('every field of the API', () => {
  it('has an example in each layout', () => {
    expect(new Set(layouts.map((one) => (one as { kind: string }).kind)).size).toBe(7);
  });

  it.each(layouts)('of a layout is read without loss: %j', (one) => {
    expect(same(readDocument({ layout: one, sampling: anySampling }).layout, one)).toBe(true);
  });

  it.each(valuesOf(sampling ?? {}))('of the sampling is read without loss: %j', (one) => {
    const read = readDocument({ layout: layouts[0], sampling: one }).sampling;
    const { agree } = one as { agree: { solver: string } };
    const solver = agree.solver === 'diagonal' ? 'auto' : agree.solver;
    expect(same(read, { ...(one as object), agree: { ...agree, solver } })).toBe(true);
  });

  it.each(valuesOf(start ?? {}))('of a start picture is read without loss: %j', (one) => {
    expect(same(readDocument({ layout: layouts[0], sampling: anySampling, start: one }).start, one)).toBe(true);
  });
});
