/** Write src/api/limits.ts from openapi.json: the limits and defaults of every number, text and list of a job document.
 * With `--check` nothing is written, and a file that has drifted ends the command with 1. */
import { readFileSync, writeFileSync } from 'node:fs';

const SOURCE = new URL('../openapi.json', import.meta.url);
const TARGET = new URL('../src/api/limits.ts', import.meta.url);
const HEAD = `/** The limits and defaults of a job document's fields, by schema and field. Generated from openapi.json by \`npm run
 * generate\`; do not edit. Texts are counted in characters. */
`;

const ROOTS = ['Job', 'JobMarks', 'JobSelection', 'LayoutDraft'];

const { schemas } = JSON.parse(readFileSync(SOURCE, 'utf8')).components;

const nameOf = (ref) => ref.split('/').at(-1);

/** The names of the schemas that a value of this schema may hold. */
function heldBy(schema) {
  if (typeof schema !== 'object' || schema === null) return [];
  const own = typeof schema.$ref === 'string' ? [nameOf(schema.$ref)] : [];
  return [...own, ...Object.values(schema).flatMap(heldBy)];
}

function reachable(name, found = new Set()) {
  if (found.has(name)) return found;
  found.add(name);
  for (const held of heldBy(schemas[name])) reachable(held, found);
  return found;
}

/** A field that may be left open says its limits in the alternative that is not null. */
const alternatives = (field) => (field.anyOf ?? [field]).filter(({ type }) => type !== 'null');

const KEYWORDS = {
  minimum: 'min',
  exclusiveMinimum: 'above',
  maximum: 'max',
  exclusiveMaximum: 'below',
  maxLength: 'longest',
  minItems: 'fewest',
  maxItems: 'most',
};

function limitsOf(field) {
  const [only, ...others] = alternatives(field);
  if (only === undefined || others.length > 0) return {};
  const said = Object.entries(KEYWORDS).flatMap(([word, name]) => (word in only ? [[name, only[word]]] : []));
  const whole = only.type === 'integer' ? [['whole', true]] : [];
  return Object.fromEntries([...whole, ...said]);
}

function collect(of) {
  const names = [...new Set(ROOTS.flatMap((root) => [...reachable(root)]))].sort();
  const parts = names.map((name) => [
    name,
    Object.fromEntries(
      Object.entries(schemas[name].properties ?? {})
        .map(([field, schema]) => [field, of(schema)])
        .filter(([, found]) => found !== undefined),
    ),
  ]);
  return Object.fromEntries(parts.filter(([, fields]) => Object.keys(fields).length > 0));
}

const orNothing = (limits) => (Object.keys(limits).length > 0 ? limits : undefined);
const plain = (value) => (['number', 'string', 'boolean'].includes(typeof value) ? value : undefined);

/** A value as the formatter would write it. */
function written(value, indent = '') {
  if (typeof value === 'string') return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  if (typeof value !== 'object') return String(value);
  const inner = `${indent}  `;
  const lines = Object.entries(value).map(([name, one]) => `${inner}${name}: ${written(one, inner)},\n`);
  const short = `{ ${Object.entries(value)
    .map(([name, one]) => `${name}: ${written(one)}`)
    .join(', ')} }`;
  const flat = Object.values(value).every((one) => typeof one !== 'object');
  return flat && indent !== '  ' ? short : `{\n${lines.join('')}${indent}}`;
}

const declared = (name, value) => `export const ${name} = ${written(value)} as const;\n`;
const text = `${HEAD}${declared(
  'LIMITS',
  collect((field) => orNothing(limitsOf(field))),
)}\n${declared(
  'DEFAULTS',
  collect((field) => plain(field.default)),
)}`;

if (process.argv.includes('--check')) {
  if (readFileSync(TARGET, 'utf8') !== text) {
    console.error('src/api/limits.ts does not fit openapi.json. Run `npm run generate` and commit the file.');
    process.exit(1);
  }
} else {
  writeFileSync(TARGET, text);
}
