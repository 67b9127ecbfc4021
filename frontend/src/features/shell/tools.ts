import type { Action } from '../../actions/action';
import type { Kind } from '../../api/types';
import { START } from '../../document/boxes';
import type { Draft } from '../../document/draft';
import type { Guide } from '../../document/guide';
import { guideOf, guidesOf } from '../../document/guides';
import { useDraft } from '../../document/store';
import { type Tool, useSession } from '../../session';
import type { IconName } from '../../ui/icons';
import { words } from '../../words/words';
import { startPainting, useBrush } from '../painting/brush';
import { isPainting, isPlacing, targetOf } from '../painting/target';

interface ToolFacts {
  tool: Tool;
  icon: IconName;
  key: string;
  /** True if the tool can do something in this draft. */
  usable: (draft: Draft) => boolean;
}

const BOXED: ReadonlySet<Kind> = new Set(['regions', 'scene', 'portrait']);

const isSketch = (guide: Guide | undefined): guide is Guide => guide?.kind === 'sketch';

/** The colour sketch that a brush paints: the chosen one, or else the first of a layout without patches. */
function sketchOf(draft: Draft): Guide | undefined {
  const { selected } = useSession.getState();
  const chosen = guideOf(draft, selected);
  if (isSketch(chosen)) return chosen;
  return draft.kind === 'regions' || selected === START ? undefined : guidesOf(draft).find(isSketch);
}

const paints = (draft: Draft): boolean =>
  draft.kind === 'regions' || draft.start !== null || guidesOf(draft).some(isSketch);

/** The tools of the rail, in its order. */
export const TOOLS: readonly ToolFacts[] = [
  { tool: 'select', icon: 'select', key: 'V', usable: () => true },
  { tool: 'rectangle', icon: 'box', key: 'R', usable: ({ kind }) => BOXED.has(kind) },
  { tool: 'lasso', icon: 'lasso', key: 'L', usable: paints },
  { tool: 'brush', icon: 'brush', key: 'B', usable: paints },
  { tool: 'eraser', icon: 'eraser', key: 'E', usable: paints },
  { tool: 'hand', icon: 'hand', key: 'H', usable: () => true },
];

/** Take a tool of the rail. The brush, the eraser and the lasso paint a colour sketch or a mask. */
export function takeTool(tool: Tool): void {
  const sketch = isPainting(tool) ? sketchOf(useDraft.getState().draft) : undefined;
  useSession.setState({ tool, guideTool: null });
  if (isPainting(tool)) useBrush.setState({ erasing: tool === 'eraser' });
  if (sketch) startPainting(sketch.id);
}

/** The tool in hand, as the rail shows it. */
export function useTool(): Tool {
  const tool = useSession((now) => now.tool);
  const draft = useDraft((now) => now.draft);
  const places = useSession((now) => isPlacing(draft, now));
  const target = useSession((now) => targetOf(draft, now));
  const boxed = BOXED.has(draft.kind);
  const erasing = useBrush((now) => now.erasing);
  if (target !== null && tool !== 'lasso') return erasing ? 'eraser' : 'brush';
  if (places) return 'rectangle';
  if (target === null && isPainting(tool)) return 'select';
  return tool === 'rectangle' && !boxed ? 'select' : tool;
}

/** The actions that take a tool. */
export const toolActions = (): readonly Action[] =>
  TOOLS.map(({ tool, icon, key, usable }) => ({
    id: `tool.${tool}`,
    label: words.shell[tool],
    keywords: words.shell.toolKeywords,
    icon,
    keys: [key],
    enabled: () => usable(useDraft.getState().draft),
    run: () => takeTool(tool),
  }));
