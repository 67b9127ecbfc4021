import type { NetEdge, NetNode, Network } from './network';

/** Several views that are one card: the windows of one group. */
export interface Card {
  id: string;
  nodes: readonly NetNode[];
  x: number;
  y: number;
  width: number;
  height: number;
  /** The number of edges that end at the card. */
  incoming: number;
}

/** The edges between two cards, drawn as one if there are several. */
interface Line {
  id: string;
  from: string;
  to: string;
  steps: readonly string[];
  /** The number of edges that the line stands for. */
  stands: number;
  /** Its place among the lines that end at the same card. */
  slot: number;
}

export interface Arranged {
  cards: readonly Card[];
  lines: readonly Line[];
}

const GROUPED_FROM = 6; // views of one group with this many members are one card
const CARD = { width: 248, height: 124 };
const THUMB = 44; // pixels of a window in the card of a group, with its gap
const THUMBS_A_ROW = 8;
const GROUP_HEAD = 78;
const SLOT = 62; // pixels of height for the words of one line
const BETWEEN = { x: 240, y: 20 };

interface Drafted {
  id: string;
  nodes: readonly NetNode[];
  column: number;
}

function keyOf(node: NetNode, members: ReadonlyMap<string, number>): string {
  const group = `group/${node.group}`;
  return node.part === 'observables' && (members.get(group) ?? 0) >= GROUPED_FROM ? group : node.id;
}

function cardsOf(nodes: readonly NetNode[]): Drafted[] {
  const members = new Map<string, number>();
  for (const node of nodes) {
    const group = `group/${node.group}`;
    if (node.part === 'observables') members.set(group, (members.get(group) ?? 0) + 1);
  }
  const cards = new Map<string, NetNode[]>();
  for (const node of nodes) {
    const key = keyOf(node, members);
    cards.set(key, [...(cards.get(key) ?? []), node]);
  }
  return [...cards].map(([id, own]) => ({ id, nodes: own, column: own[0]?.part === 'controls' ? 0 : 1 }));
}

function linesOf(edges: readonly NetEdge[], cardOf: ReadonlyMap<string, string>): Line[] {
  const lines = new Map<string, Line>();
  const slots = new Map<string, number>();
  for (const { id, from, to, steps } of edges) {
    const [start, end] = [cardOf.get(from) ?? from, cardOf.get(to) ?? to];
    const key = end === to ? id : `${start}>${end}`;
    const held = lines.get(key);
    if (held) lines.set(key, { ...held, stands: held.stands + 1 });
    else {
      const slot = slots.get(end) ?? 0;
      slots.set(end, slot + 1);
      lines.set(key, { id: key, from: start, to: end, steps, stands: 1, slot });
    }
  }
  return [...lines.values()];
}

function sizeOfCard({ nodes }: Drafted, incoming: number) {
  const rows = Math.ceil(nodes.length / THUMBS_A_ROW);
  const across = Math.min(nodes.length, THUMBS_A_ROW);
  const height = nodes.length > 1 ? GROUP_HEAD + rows * THUMB : CARD.height;
  return {
    width: nodes.length > 1 ? Math.max(CARD.width, across * THUMB + 22) : CARD.width,
    height: Math.max(height, incoming * SLOT + 12),
  };
}

/** Put the cards into two columns: controls left; right the observables, the laws and the other outputs, those that read the same
 * control together, so that few lines cross. */
export function arranged({ nodes, edges }: Network): Arranged {
  const drafted = cardsOf(nodes);
  const cardOf = new Map(drafted.flatMap(({ id, nodes: own }) => own.map((node) => [node.id, id] as const)));
  const lines = linesOf(edges, cardOf);
  const incoming = (id: string) => lines.filter(({ to }) => to === id).length;
  const order = new Map(drafted.map(({ id }, index) => [id, index]));
  const middle = ({ id }: Drafted) => {
    const from = lines.filter(({ to }) => to === id).map((line) => order.get(line.from) ?? 0);
    return from.length > 0 ? from.reduce((sum, one) => sum + one, 0) / from.length : 0;
  };
  const right = drafted.filter(({ column }) => column === 1);
  const sorted = right
    .map((card) => ({ card, at: middle(card) }))
    .sort((one, other) => one.at - other.at)
    .map(({ card }) => card);
  const views = stacked(sorted, CARD.width + BETWEEN.x, incoming);
  const controls = stacked(
    drafted.filter(({ column }) => column === 0),
    0,
    incoming,
  );
  return { cards: [...centred(controls, heightOf(views)), ...centred(views, heightOf(controls))], lines };
}

function stacked(cards: readonly Drafted[], x: number, incoming: (id: string) => number): Card[] {
  let y = 0;
  return cards.map((card) => {
    const size = sizeOfCard(card, incoming(card.id));
    const placed = { id: card.id, nodes: card.nodes, x, y, ...size, incoming: incoming(card.id) };
    y += size.height + BETWEEN.y;
    return placed;
  });
}

const heightOf = (cards: readonly Card[]): number => Math.max(0, ...cards.map(({ y, height }) => y + height));

/** Spread a column over the height of the other one. */
function centred(cards: readonly Card[], height: number): Card[] {
  const spare = Math.max(0, height - heightOf(cards)) / (cards.length + 1);
  return cards.map((card, index) => ({ ...card, y: card.y + spare * (index + 1) }));
}
