import { Toolbar } from '@base-ui/react/toolbar';
import { useStore } from 'zustand';
import { shownKeys } from '../../actions/chord';
import { redo, undo, useDraft } from '../../document/store';
import { useSession } from '../../session';
import { IconButton, type IconButtonProps } from '../../ui/Button';
import { useNarrow } from '../../ui/useMedia';
import { words } from '../../words/words';
import { toggleGraph } from '../graph/actions';
import styles from './rail.module.css';
import { TOOLS, takeTool, useTool } from './tools';

/** A button of the rail. The rail is one stop of Tab, and the arrows go from button to button. */
const RailButton = (button: IconButtonProps) => (
  <Toolbar.Button focusableWhenDisabled={false} disabled={button.disabled} render={<IconButton {...button} />} />
);

/** Between the canvas and the graph of the same layout. */
function ViewSwitch() {
  const shown = useSession((now) => now.view === 'graph');
  return (
    <RailButton
      label={`${words.graph.show} (G)`}
      icon="graph"
      aria-pressed={shown}
      data-testid="graph-switch"
      onClick={toggleGraph}
    />
  );
}

function History() {
  const past = useStore(useDraft.temporal, (now) => now.pastStates.length);
  const future = useStore(useDraft.temporal, (now) => now.futureStates.length);
  return (
    <>
      <RailButton
        label={`${words.shell.undo} (${shownKeys('Mod+Z')})`}
        icon="undo"
        disabled={past === 0}
        data-testid="undo"
        onClick={undo}
      />
      <RailButton
        label={`${words.shell.redo} (${shownKeys('Mod+Shift+Z')})`}
        icon="redo"
        disabled={future === 0}
        data-testid="redo"
        onClick={redo}
      />
    </>
  );
}

/** The tools of the canvas, and the way back. A tool that the present layout cannot use is disabled, and a phone, which
 * has the rail above its sheet, leaves it out. */
export function ToolRail() {
  const narrow = useNarrow();
  const draft = useDraft((now) => now.draft);
  const present = useTool();
  return (
    <Toolbar.Root
      className={styles.rail}
      orientation={narrow ? 'horizontal' : 'vertical'}
      aria-label={words.shell.tools}
      data-testid="rail"
    >
      <div className={styles.tools}>
        {TOOLS.filter(({ usable }) => !narrow || usable(draft)).map(({ tool, icon, key, usable }) => (
          <RailButton
            key={tool}
            label={`${words.shell[tool]} (${key})`}
            icon={icon}
            aria-pressed={present === tool}
            disabled={!usable(draft)}
            data-testid={`tool-${tool}`}
            onClick={() => takeTool(tool)}
          />
        ))}
      </div>
      <ViewSwitch />
      <History />
    </Toolbar.Root>
  );
}
