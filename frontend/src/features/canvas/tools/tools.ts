import { useDraft } from '../../../document/store';
import { useSession } from '../../../session';
import { isPlacing } from '../../painting/target';
import { panBy, useStage } from '../stage';
import { drawing, placing } from './drawing';
import { lasso } from './lasso';
import { painting } from './painting';
import { selecting } from './selecting';
import type { Hand, Tool } from './tool';

/** Move the canvas. */
const hand: Tool = {
  cursor: () => 'grab',
  press: (from) => {
    let last: Hand = from;
    return {
      move: (to) => {
        panBy({ x: to.screen.x - last.screen.x, y: to.screen.y - last.screen.y });
        last = to;
      },
      end: () => undefined,
      cancel: () => undefined,
    };
  },
};

/** The tools of the rail. A tool that is not in this table acts like the one that selects. */
const TOOLS: Partial<Record<ReturnType<typeof useSession.getState>['tool'], Tool>> = {
  select: selecting,
  rectangle: drawing,
  hand,
};

/** The tool in force: what a guide asks for, or the tool of the rail. A tool that has nothing to paint selects. `pans`:
 * Space or the middle button is held. */
export function toolNow(pans: boolean): Tool {
  const { tool, guideTool } = useSession.getState();
  const { open, paints } = useStage.getState();
  if (pans) return hand;
  if (tool !== 'hand' && open && isPlacing(useDraft.getState().draft, { guideTool })) return placing;
  if (paints !== null) return tool === 'lasso' ? lasso : painting;
  return TOOLS[tool] ?? selecting;
}
