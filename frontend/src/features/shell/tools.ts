import type { Action } from '../../actions/action';
import type { Kind } from '../../api/types';
import type { Draft } from '../../document/draft';
import type { Guide } from '../../document/guide';
import { guideOf, guidesOf } from '../../document/guides';
import { useDraft } from '../../document/store';
import { type Tool, useSession } from '../../session';
import type { IconName } from '../../ui/icons';
import { words } from '../../words/words';
import { startPainting, useBrush } from '../guides/brush';

interface ToolFacts {
  tool: Tool;
  icon: IconName;
  key: string;
  /** True if the tool can do something in this draft. */
  usable: (draft: Draft) => boolean;
}

const BOXED: ReadonlySet<Kind> = new Set(['regions', 'scene', 'portrait']);

const isSketch = (guide: Guide | undefined): guide is Guide => guide?.kind === 'sketch';

/** The colour sketch that a brush paints: the chosen one, or else the first. */
function sketchOf(draft: Draft): Guide | undefined {
  const chosen = guideOf(draft, useSession.getState().selected);
  return isSketch(chosen) ? chosen : guidesOf(draft).find(isSketch);
}

const paints = (draft: Draft): boolean => guidesOf(draft).some(isSketch);

/** The tools of the rail, in its order. */
export const TOOLS: readonly ToolFacts[] = [
  { tool: 'select', icon: 'select', key: 'V', usable: () => true },
  { tool: 'rectangle', icon: 'box', key: 'R', usable: ({ kind }) => BOXED.has(kind) },
  { tool: 'lasso', icon: 'lasso', key: 'L', usable: () => false },
  { tool: 'brush', icon: 'brush', key: 'B', usable: paints },
  { tool: 'eraser', icon: 'eraser', key: 'E', usable: paints },
  { tool: 'hand', icon: 'hand', key: 'H', usable: () => true },
];

/** Take a tool of the rail. The brush and the eraser paint a colour sketch. */
export function takeTool(tool: Tool): void {
  const sketch = tool === 'brush' || tool === 'eraser' ? sketchOf(useDraft.getState().draft) : undefined;
  useSession.setState({ tool, guideTool: null });
  if (!sketch) return;
  useBrush.setState({ erasing: tool === 'eraser' });
  startPainting(sketch.id);
}

/** The tool in hand, as the rail shows it. */
export function useTool(): Tool {
  const tool = useSession((now) => now.tool);
  const guideTool = useSession((now) => now.guideTool);
  const boxed = useDraft((now) => BOXED.has(now.draft.kind));
  const erasing = useBrush((now) => now.erasing);
  if (guideTool?.does === 'paint') return erasing ? 'eraser' : 'brush';
  if (guideTool?.does === 'place') return 'rectangle';
  return tool === 'rectangle' && !boxed ? 'select' : tool;
}

/** The actions that take a tool. */
export const toolActions: readonly Action[] = TOOLS.map(({ tool, icon, key, usable }) => ({
  id: `tool.${tool}`,
  label: words.shell[tool],
  keywords: words.shell.toolKeywords,
  icon,
  keys: [key],
  enabled: () => usable(useDraft.getState().draft),
  run: () => takeTool(tool),
}));
