import { useStore } from 'zustand';
import { shownKeys } from '../../actions/chord';
import { redo, undo, useDraft } from '../../document/store';
import { useSession } from '../../session';
import { IconButton } from '../../ui/Button';
import { words } from '../../words/words';
import { toggleGraph } from '../graph/actions';
import styles from './shell.module.css';
import { TOOLS, takeTool, useTool } from './tools';

/** Between the canvas and the graph of the same layout. */
function ViewSwitch() {
  const shown = useSession((now) => now.view === 'graph');
  return (
    <IconButton
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
      <IconButton
        label={`${words.shell.undo} (${shownKeys('Mod+Z')})`}
        icon="undo"
        disabled={past === 0}
        onClick={undo}
      />
      <IconButton
        label={`${words.shell.redo} (${shownKeys('Mod+Shift+Z')})`}
        icon="redo"
        disabled={future === 0}
        onClick={redo}
      />
    </>
  );
}

/** The tools of the canvas, and the way back. A tool that the present layout cannot use is disabled. */
export function ToolRail() {
  const draft = useDraft((now) => now.draft);
  const present = useTool();
  return (
    <div className={styles.rail} role="toolbar" aria-orientation="vertical" aria-label={words.shell.tools}>
      {TOOLS.map(({ tool, icon, key, usable }) => (
        <IconButton
          key={tool}
          label={`${words.shell[tool]} (${key})`}
          icon={icon}
          aria-pressed={present === tool}
          disabled={!usable(draft)}
          data-testid={`tool-${tool}`}
          onClick={() => takeTool(tool)}
        />
      ))}
      <span className={styles.gap} />
      <ViewSwitch />
      <History />
    </div>
  );
}
