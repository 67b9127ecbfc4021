import { readdirSync, readFileSync } from 'node:fs';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { english } from './en';

const FILES = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .map((name) => name.replaceAll('\\', '/'))
  .filter((name) => /\.tsx?$/.test(name) && !/\.test\.tsx?$|\.d\.ts$|^words\/(en|fa)\//.test(name));

/** The attributes and fields whose text a person reads. Those of `aria-` that name elements or tokens are not among them. */
const READ =
  /^(label|hint|title|placeholder|alt|says|summary|note|keywords|affix|text|detail|aria-(label|description|valuetext|roledescription|placeholder|keyshortcuts))$/;
/** The functions that show their text. */
const SHOWS = /^(toast|announce|NotAJob|ApiProblem)$/;
const WORD = /\p{L}{2}/u;
const SENTENCE = /^\p{Lu}\p{Ll}+[,:]? .*\p{L}{2}|\p{L}{2,} .*\p{L}{2}[.?!…]$/u;
/** Texts for programs: fonts, and code that the visitor copies. */
const NO_PROSE = ['features/gallery/copyAs.ts'];

const parse = (name: string, text: string) =>
  ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true, name.endsWith('x') ? ts.ScriptKind.TSX : undefined);

const textOf = (node: ts.Node): string | null => {
  if (ts.isJsxText(node) || ts.isStringLiteralLike(node)) return node.text;
  if (ts.isTemplateExpression(node))
    return [node.head, ...node.templateSpans.map((span) => span.literal)].map(({ text }) => text).join(' ');
  return null;
};

/** True if a person reads the literal, by the attribute, field or function around it. Tests of values, such as the left
 * side of `kind === 'mask' ? ...`, are not read. Internal errors (`new Error`) are for developers. */
function isRead(node: ts.Node): boolean {
  for (let inner = node, outer = node.parent; outer; inner = outer, outer = outer.parent) {
    if (ts.isJsxAttribute(outer) || ts.isPropertyAssignment(outer))
      return inner !== outer.name && READ.test(outer.name.getText());
    if (ts.isCallExpression(outer) || ts.isNewExpression(outer))
      return inner !== outer.expression && SHOWS.test(outer.expression.getText());
    if (ts.isJsxExpression(outer) && ts.isJsxElement(outer.parent)) return true;
    if (ts.isBinaryExpression(outer) && /^([=!]==?|in)$/.test(outer.operatorToken.getText())) return false;
    if (ts.isConditionalExpression(outer) && inner === outer.condition) return false;
    if (ts.isFunctionLike(outer) || ts.isElementAccessExpression(outer) || ts.isCaseClause(outer)) return false;
  }
  return false;
}

const isInternal = (node: ts.Node): boolean =>
  ts.isNewExpression(node.parent) && /^(Error|RangeError|TypeError)$/.test(node.parent.expression.getText());

/** The literals of a file that a person reads, with their lines. */
function literalsRead(name: string, source: string): string[] {
  const file = parse(name, source);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isLiteralTypeNode(node)) return;
    const text = textOf(node)?.trim();
    const read = text && (ts.isJsxText(node) || isRead(node)) && WORD.test(text);
    if (read || (text && SENTENCE.test(text) && !isInternal(node) && !NO_PROSE.includes(name))) {
      found.push(`${name}:${file.getLineAndCharacterOfPosition(node.getStart()).line + 1} ${text}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

/** The value of the catalogue at a path, such as `words.dock.stop`. */
const valueAt = (path: readonly string[]): unknown =>
  path.reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], english);

/** The path that an expression reads from the catalogue, if it does; `known` are the names for its parts. */
function pathOf(node: ts.Expression, known: ReadonlyMap<string, readonly string[]>): readonly string[] | null {
  if (ts.isIdentifier(node)) return known.get(node.text) ?? null;
  if (!ts.isPropertyAccessExpression(node)) return null;
  const base = pathOf(node.expression, known);
  return base && [...base, node.name.text];
}

/** The texts that a file reads while it loads. They would stay in the first language. */
function readOnLoad(name: string, source: string): string[] {
  const file = parse(name, source);
  const known = new Map<string, readonly string[]>(/\bwords\b[^;]*\/words'/.test(source) ? [['words', []]] : []);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) || ts.isTypeNode(node)) return;
    if (ts.isVariableDeclaration(node) && node.initializer) {
      const path = pathOf(node.initializer, known);
      if (path && ts.isIdentifier(node.name)) known.set(node.name.text, path);
      if (path && ts.isObjectBindingPattern(node.name)) {
        for (const { name: one } of node.name.elements) known.set(one.getText(), [...path, one.getText()]);
      }
    }
    const path = ts.isPropertyAccessExpression(node) ? pathOf(node, known) : null;
    if (path && /string|function/.test(typeof valueAt(path))) found.push(`${name} words.${path.join('.')}`);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

const sources = FILES.map((name) => [name, readFileSync(`src/${name}`, 'utf8')] as const);

describe('the texts of the studio', () => {
  it('are all in the catalogue', () => {
    expect(sources.flatMap(([name, source]) => literalsRead(name, source))).toEqual([]);
  });

  it('are read when they are shown, not while the studio loads', () => {
    expect(sources.flatMap(([name, source]) => readOnLoad(name, source))).toEqual([]);
  });

  it.each([
    '<p>Press it</p>',
    '<p aria-label="Canvas" />',
    "<Field label={on ? 'Stop' : words.dock.play} />",
    '<img alt={`A picture`} />',
    "toast('Done')",
    "const row = { label: 'Undo' }",
    "<b>{on ? 'yes' : 'no'}</b>",
    "const says = 'This is never said.'",
  ])('are found where somebody writes one into a component: %s', (source) => {
    expect(literalsRead('some.tsx', source)).toHaveLength(source.includes("'yes'") ? 2 : 1);
  });

  it('are found where a module keeps one', () => {
    const source =
      "import { words } from '../words/words';\nconst { dock } = words;\nconst NAMES = [dock.stop, words.shell.undo];";
    expect(readOnLoad('some.ts', source)).toEqual(['some.ts words.dock.stop', 'some.ts words.shell.undo']);
  });
});
