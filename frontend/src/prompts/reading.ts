/** A part of a prompt and its weight. `start` and `end` are positions in the prompt as typed. */
interface Leaf {
  start: number;
  end: number;
  weight: number;
}

/** Text without signs, and its weight. */
interface Span {
  text: string;
  weight: number;
}

/** A prompt as the server reads it. */
export interface Reading {
  /** True if a part has another weight than 1. Otherwise the whole prompt is text, brackets included. */
  weighted: boolean;
  /** The words with their weights. The signs between them are in no leaf. */
  leaves: readonly Leaf[];
  /** The texts that the text encoder gets, with their weights. */
  spans: readonly Span[];
}

type Node = Leaf | { weight: number; children: readonly Node[] };
type Parsed = { end: number; nodes: readonly Node[] } | null;

const MOST_NESTED = 20; // brackets in brackets, above which the server reads the prompt as text
const SIGNS = '()",.+-=';
const ESCAPED = /\\([()"+-])/g;
const QUOTED = /"(?:\\"|[^"\n\r])*"/y;
const WORD = /(?:\\[()",.+=-]|[+-](?![\s()",.+=-]|$)|[^\s()",.+=-])+/y;
const FREE = /\S+/y;
const ATTEND = /\s*\.attend\s*\(\s*(\++|-+|\d+\.\d*|\.\d+|\d+)\s*\)/y;
const WEIGHT = /\++|-+|\d+\.\d*|\.\d+|\d+/y;
const STEPS = /\++|-+/y;
const UNSUPPORTED = /[)"]\s*\.(?:blend|and|add)\s*\(|[\w)"]\s*\.swap\s*\([^()]*\)|\b(?:with|use)Lora\(/;

/** The text that a sticky pattern finds at a position, or null. */
function at(pattern: RegExp, text: string, position: number): RegExpExecArray | null {
  pattern.lastIndex = position;
  return pattern.exec(text);
}

const factor = (sign: string): number => {
  if (sign.startsWith('+')) return 1.1 ** sign.length;
  return sign.startsWith('-') ? 0.9 ** sign.length : Number(sign);
};

/** Reads a prompt by the grammar of compel's weights. Positions are those of `text`. */
class Reader {
  private readonly groups = new Map<number, Parsed>();
  private depth = 0;

  constructor(
    private readonly text: string,
    private readonly end: number,
  ) {}

  /** Read everything: weights, quotes and brackets where they are well formed, and words up to the next space. */
  all(): readonly Node[] {
    const nodes: Node[] = [];
    let position = this.spaces(0);
    while (position < this.end) {
      const found = this.weighed(position) ?? this.quoted(position) ?? this.group(position) ?? this.free(position);
      nodes.push(...found.nodes);
      position = this.spaces(found.end);
    }
    return nodes;
  }

  private spaces(position: number): number {
    let now = position;
    while (now < this.end && /\s/.test(this.text.charAt(now))) now++;
    return now;
  }

  private free(position: number): NonNullable<Parsed> {
    const end = position + (at(FREE, this.text, position)?.[0].length ?? 1);
    return { end, nodes: [{ start: position, end, weight: 1 }] };
  }

  private word(position: number): Parsed {
    const found = at(WORD, this.text.slice(0, this.end), position);
    if (!found) return null;
    const end = position + found[0].length;
    return { end, nodes: [{ start: position, end, weight: 1 }] };
  }

  private quoted(position: number): Parsed {
    const found = at(QUOTED, this.text, position);
    if (!found || position + found[0].length > this.end) return null;
    const end = position + found[0].length;
    const inner = this.sequence(position + 1, end - 1);
    const nothing = { start: end - 1, end: end - 1, weight: 1 };
    return inner.end === end - 1 ? { end, nodes: inner.nodes.length > 0 ? inner.nodes : [nothing] } : null;
  }

  private group(position: number): Parsed {
    if (this.text.charAt(position) !== '(') return null;
    const known = this.groups.get(position);
    if (known !== undefined) return known;
    this.depth++;
    if (this.depth > MOST_NESTED) throw new RangeError('too many brackets in brackets');
    const inner = this.sequence(position + 1, this.end);
    this.depth--;
    const closed = inner && inner.end < this.end && this.text.charAt(inner.end) === ')';
    const group = closed ? { end: inner.end + 1, nodes: inner.nodes } : null;
    this.groups.set(position, group);
    return group;
  }

  /** Words, commas, full stops, quotes and brackets, as far as they go. */
  private sequence(from: number, until: number): NonNullable<Parsed> {
    const inside = until === this.end ? this : new Reader(this.text, until);
    const nodes: Node[] = [];
    let position = inside.spaces(from);
    while (position < until) {
      const found =
        inside.weighed(position) ?? inside.group(position) ?? inside.quoted(position) ?? inside.word(position);
      const mark = found ?? inside.mark(position);
      if (!mark) break;
      nodes.push(...mark.nodes);
      position = inside.spaces(mark.end);
    }
    return { end: position, nodes };
  }

  private mark(position: number): Parsed {
    if (!',.'.includes(this.text.charAt(position))) return null;
    return { end: position + 1, nodes: [{ start: position, end: position + 1, weight: 1 }] };
  }

  /** A target with a weight behind it. */
  private weighed(position: number): Parsed {
    const bracketed = this.quoted(position) ?? this.group(position);
    const target = bracketed ?? this.word(position);
    if (!target) return null;
    const attend = this.sign(ATTEND, target.end);
    const sign = attend ?? this.sign(bracketed ? WEIGHT : STEPS, target.end);
    if (!sign) return null;
    const weight = factor(sign[1] ?? sign[0]);
    return { end: target.end + sign[0].length, nodes: [{ weight, children: target.nodes }] };
  }

  private sign(pattern: RegExp, position: number): RegExpExecArray | null {
    const found = at(pattern, this.text, position);
    return found && position + found[0].length <= this.end ? found : null;
  }
}

function* flattened(nodes: readonly Node[], weight = 1): Generator<Leaf> {
  for (const node of nodes) {
    if ('children' in node) yield* flattened(node.children, weight * node.weight);
    else yield { ...node, weight: node.weight * weight };
  }
}

/** The text with a space after each comma, as compel puts it there, and the position of each of its characters. */
function spaced(prompt: string): { text: string; from: number[] } {
  const from: number[] = [];
  let text = '';
  let last = -2;
  for (let index = 0; index < prompt.length; index++) {
    if (prompt.charAt(index - 1) === ',' && last !== index - 1 && /\S/.test(prompt.charAt(index))) {
      text += ' ';
      from.push(index);
      last = index;
    }
    text += prompt.charAt(index);
    from.push(index);
  }
  return { text, from: [...from, prompt.length] };
}

const plain = (prompt: string): Reading => ({
  weighted: false,
  leaves: [{ start: 0, end: prompt.length, weight: 1 }],
  spans: [{ text: prompt.replaceAll(ESCAPED, '$1'), weight: 1 }],
});

/** Leaves as the texts of equal weight that the text encoder gets. */
function fused(leaves: readonly Leaf[], text: string): Span[] {
  const spans: Span[] = [];
  for (const { start, end, weight } of leaves) {
    const part = text.slice(start, end);
    const last = spans.at(-1);
    if (last?.weight === weight) last.text += ` ${part}`;
    else spans.push({ text: part, weight });
  }
  return spans
    .filter((span) => span.text.trim() !== '')
    .map((span) => ({ ...span, text: span.text.replaceAll(ESCAPED, '$1') }));
}

/** Read the weights of a prompt as the server does. A prompt with functions that the server refuses is read as text. */
export function read(prompt: string): Reading {
  if (![...SIGNS].some((sign) => prompt.includes(sign)) || UNSUPPORTED.test(prompt)) return plain(prompt);
  const { text, from } = spaced(prompt);
  try {
    const leaves = [...flattened(new Reader(text, text.length).all())];
    const spans = fused(leaves, text);
    if (!spans.some(({ weight }) => weight !== 1)) return plain(prompt);
    const place = (position: number) => from[position] ?? prompt.length;
    return {
      weighted: true,
      leaves: leaves.map(({ start, end, weight }) => ({ start: place(start), end: place(end - 1) + 1, weight })),
      spans,
    };
  } catch (error) {
    if (error instanceof RangeError) return plain(prompt);
    throw error;
  }
}
