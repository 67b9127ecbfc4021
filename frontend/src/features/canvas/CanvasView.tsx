import { type CSSProperties, type KeyboardEvent, type MouseEvent, useEffect, useRef, useState } from 'react';
import { toCanvas } from '../../geometry/view';
import { showJob, type Tool, useSession } from '../../session';
import { Button } from '../../ui/Button';
import { useTheme } from '../../ui/theme';
import { words } from '../../words/words';
import { BoxPrompt } from '../prompts/BoxPrompt';
import { useReroll } from '../start/useReroll';
import { forgetSpace, onBrushKey, onBrushKeyUp } from './brushKeys';
import styles from './canvas.module.css';
import { listenToClipboard } from './clipboard';
import { openPrompt } from './commands';
import { Examples } from './Examples';
import { Hands } from './hands';
import { onCanvasKey } from './keyboard';
import { Layers } from './Layers';
import { PictureForReaders } from './PictureForReaders';
import { Placing } from './Placing';
import { PALETTE } from './palette';
import { SelectionBar } from './SelectionBar';
import { useStage } from './stage';
import { hitAt } from './tools/hit';
import { closeLasso } from './tools/lasso';
import { useArea } from './useArea';
import { type Scene, useScene, useStaged } from './useScene';
import { ZoomBar } from './ZoomBar';

/** The keys of the canvas, for screen readers. */
function keysFor({ draft, boxes, draws, painted }: Scene, tool: Tool): string {
  if (painted) return tool === 'lasso' ? words.canvas.keysWithLasso : words.canvas.keysWhilePainting;
  if (draft.kind === 'panorama' && draft.panorama.anchors.length > 1) return words.anchors.keys;
  if (!draws && boxes.length === 0) return words.canvas.keysWithoutBoxes;
  return draft.kind === 'regions' ? words.canvas.keysOfBoxes : words.canvas.keysOfOneBox;
}

const letGo = () => useStage.setState({ justDrawn: false });

/** The canvas: the picture appears inside it, and the layout lies over it as tinted frames. */
export function CanvasView() {
  const container = useRef<HTMLDivElement>(null);
  const area = useArea(container);
  const [inside, setInside] = useState(false);
  const tool = useSession((now) => now.tool);
  const palette = PALETTE[useTheme().theme];
  const scene = useScene();
  const view = useStage((now) => now.view);
  const { draft, boxes, cell, job, painting, canvas, foreign, empty, painted, draws } = scene;
  const reroll = useReroll(job);
  useStaged(scene, area);
  useEffect(() => {
    if (!container.current) return;
    const hands = new Hands(container.current);
    const unlisten = listenToClipboard();
    return () => {
      hands.close();
      unlisten();
    };
  }, []);
  const onDoubleClick = (event: MouseEvent) => {
    const { left, top } = event.currentTarget.getBoundingClientRect();
    const hit = hitAt(toCanvas(view, { x: event.clientX - left, y: event.clientY - top }));
    if (painted) closeLasso();
    else if (hit?.kind === 'box') openPrompt(hit.id);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (painted) onBrushKey(event, { target: painted, canvas, cell });
    else if (!foreign) onCanvasKey(event, reroll);
  };
  const onKeyUp = (event: KeyboardEvent) => {
    if (painted) onBrushKeyUp(event, { target: painted, canvas, cell });
  };

  return (
    <section
      className={styles.surface}
      style={{ '--aspect': canvas.width / canvas.height } as CSSProperties}
      aria-label={words.canvas.title}
      id="canvas"
      data-empty={empty || undefined}
    >
      <div
        ref={container}
        className={styles.stage}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: an application takes the keys that its description names
        tabIndex={0}
        role="application"
        aria-label={words.canvas.label(canvas.width, canvas.height)}
        aria-describedby="canvas-keys"
        data-testid="canvas"
        data-remains="selection"
        data-draws={draws || painted !== null || undefined}
        data-tool={tool}
        data-painting={painted !== null || undefined}
        onDoubleClick={onDoubleClick}
        onKeyDown={onKeyDown}
        onKeyUp={onKeyUp}
        onPointerDown={letGo}
        onPointerEnter={() => setInside(true)}
        onPointerLeave={() => setInside(false)}
        onFocus={() => {
          letGo();
          setInside(true);
        }}
        onBlur={() => {
          forgetSpace();
          setInside(false);
        }}
      >
        {area.width > 0 && <Layers scene={scene} palette={palette} inside={inside} />}
      </div>
      <p id="canvas-keys" className="visually-hidden">
        {keysFor(scene, tool)}
      </p>
      {job && <PictureForReaders job={job} painting={painting} />}
      {empty && !painted && <Examples kind={draft.kind} />}
      <SelectionBar />
      <ZoomBar />
      {draws && <BoxPrompt surface={container} boxes={boxes} view={view} />}
      <Placing />
      {foreign && <Foreign width={canvas.width} height={canvas.height} />}
    </section>
  );
}

function Foreign({ width, height }: { width: number; height: number }) {
  return (
    <div className={styles.foreign}>
      <span>{words.canvas.foreign(width, height)}</span>
      <Button small look="quiet" icon="back" onClick={() => showJob(null)}>
        {words.canvas.toDraft}
      </Button>
    </div>
  );
}
