import {
  Background,
  type Connection,
  Controls,
  MiniMap,
  type NodeChange,
  type OnConnectEnd,
  ReactFlow,
  useReactFlow,
  useStore,
} from '@xyflow/react';
import '@xyflow/react/dist/style.css';
import { useEffect, useMemo } from 'react';
import { useDraft } from '../../document/store';
import { useTheme } from '../../ui/theme';
import { useNarrow } from '../../ui/useMedia';
import { words } from '../../words/words';
import { type Arranged, arranged } from './arrange';
import { add } from './Bar';
import { type CardNode, GroupCard, NodeCard } from './cards';
import styles from './cards.module.css';
import { useFieldEditing, write } from './editing';
import { type LineEdge, LineOf, wordsOf } from './LineOf';
import { remove } from './NodeEditor';
import { connect } from './operatorEdits';
import { pick } from './picked';
import type { Seen } from './seen';
import type { SeenNetwork } from './useSeen';

const NODE_TYPES = { card: NodeCard, group: GroupCard };
const EDGE_TYPES = { line: LineOf };
const DELETE = ['Delete', 'Backspace'];
const LARGEST = 1.5;
const MAPPED_FROM = 9; // cards; fewer are seen at once
const MAP = { width: 132, height: 96 };
const FIT = { maxZoom: 1, padding: 0.06 };
/** On a phone, the smallest buttons of a card stay large enough for a finger, and the rest of the network is one drag
 * away. */
const FIT_ON_PHONE = { ...FIT, minZoom: 0.62 };

const useFit = () => (useNarrow() ? FIT_ON_PHONE : FIT);

/** Fit the network into the view when nodes come or go, and when the view becomes larger or smaller. */
function Refit({ cards }: { cards: Arranged['cards'] }) {
  const { fitView } = useReactFlow();
  const fit = useFit();
  const width = useStore((now) => now.width);
  const height = useStore((now) => now.height);
  const shape = cards.map(({ id, nodes }) => `${id} ${nodes.length}`).join(' ');
  // biome-ignore lint/correctness/useExhaustiveDependencies: the shape and the room decide, not the function
  useEffect(() => {
    fitView(fit);
  }, [shape, width, height, fit]);
  return null;
}

interface Chosen {
  picked: string | null;
  highlit: ReadonlySet<string>;
}

function nodesFor({ cards }: Arranged, seen: ReadonlyMap<string, Seen>, chosen: Chosen, connectable: boolean) {
  return cards.map((card): CardNode => {
    const nodes = card.nodes.flatMap(({ id }) => seen.get(id) ?? []);
    const [first] = nodes;
    const group = nodes.length > 1;
    const name = first?.name ?? '';
    return {
      id: card.id,
      type: group ? 'group' : 'card',
      position: { x: card.x, y: card.y },
      width: card.width,
      height: card.height,
      selected: nodes.some(({ id }) => id === chosen.picked),
      selectable: !group,
      ariaLabel: group
        ? `${words.graph.group(first?.group ?? '')}. ${words.graph.members(nodes.length)}`
        : `${words.graph.kinds[first?.part ?? 'controls']} ${name}. ${first?.prompt ?? ''}`,
      data: { card, nodes, connectable, ...chosen },
    };
  });
}

const edgesFor = ({ lines }: Arranged, bright: (line: Arranged['lines'][number]) => boolean): LineEdge[] =>
  lines.map((line) => ({
    id: line.id,
    type: 'line',
    source: line.from,
    target: line.to,
    targetHandle: String(line.slot),
    ariaLabel: wordsOf(line),
    data: { steps: line.steps, stands: line.stands, bright: bright(line) },
  }));

interface FlowProps extends Chosen {
  network: SeenNetwork;
}

/** The network as cards and lines. The cards have a fixed order, so a reader learns where things are. */
export function Flow({ network, picked, highlit }: FlowProps) {
  const { theme } = useTheme();
  const fit = useFit();
  const custom = useDraft((now) => now.draft.kind === 'custom');
  const { text, native } = useFieldEditing();
  const placed = useMemo(() => arranged(network), [network]);
  const seen = useMemo(() => new Map(network.nodes.map((node) => [node.id, node])), [network]);
  const nodes = useMemo(
    () => nodesFor(placed, seen, { picked, highlit }, custom),
    [placed, seen, picked, highlit, custom],
  );
  const edges = useMemo(
    () => edgesFor(placed, ({ from, to }) => from === picked || to === picked || highlit.has(to)),
    [placed, picked, highlit],
  );
  const chosen = (changes: NodeChange<CardNode>[]) => {
    const select = changes.find((change) => change.type === 'select' && change.selected);
    const node = select?.type === 'select' ? seen.get(select.id) : undefined;
    if (node) pick(node);
    else if (changes.some((change) => change.type === 'select' && change.id === picked)) pick(null);
  };
  const connected = ({ source, target }: Connection) => {
    const [from, to] = [seen.get(source), seen.get(target)];
    if (from && to) write(connect(text, to.part, to.index, from.name), null);
  };
  const dropped: OnConnectEnd = (_, { fromNode, isValid, toNode }) => {
    const from = fromNode && seen.get(fromNode.id);
    if (from?.part === 'controls' && !isValid && !toNode) add(text, 'observables', native, from.name);
  };
  return (
    <ReactFlow<CardNode, LineEdge>
      className={styles.flow}
      nodes={nodes}
      edges={edges}
      nodeTypes={NODE_TYPES}
      edgeTypes={EDGE_TYPES}
      onNodesChange={chosen}
      colorMode={theme}
      nodesDraggable={false}
      nodesConnectable={custom}
      onConnect={connected}
      onConnectEnd={dropped}
      onNodesDelete={([card]) => {
        const node = card && seen.get(card.id);
        if (node) remove(text, node);
      }}
      edgesFocusable={false}
      deleteKeyCode={custom ? DELETE : null}
      multiSelectionKeyCode={null}
      minZoom={0.05}
      maxZoom={LARGEST}
      fitView
      fitViewOptions={fit}
      ariaLabelConfig={words.graph.flow}
      proOptions={{ hideAttribution: true }}
    >
      <Background gap={16} />
      <Controls showInteractive={false} fitViewOptions={fit} />
      <Refit cards={placed.cards} />
      {placed.cards.length >= MAPPED_FROM && (
        <MiniMap<CardNode>
          pannable
          zoomable
          ariaLabel={words.graph.flow['minimap.ariaLabel']}
          nodeColor={({ data }) => data.nodes[0]?.colour ?? ''}
          className={styles.minimap}
          style={MAP}
        />
      )}
    </ReactFlow>
  );
}
