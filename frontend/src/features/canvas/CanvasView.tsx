import { type CSSProperties, type KeyboardEvent, useMemo, useRef, useState } from 'react';
import { isActive } from '../../api/queries';
import type { Kind } from '../../api/types';
import { boxesOf } from '../../document/boxes';
import { canvasOf, isBlank } from '../../document/draft';
import { shownOf } from '../../document/flags';
import { guideOf, guidesOf } from '../../document/guides';
import { useDraft } from '../../document/store';
import { fitView } from '../../geometry/view';
import { showJob, useSession } from '../../session';
import { Button } from '../../ui/Button';
import { useTheme } from '../../ui/theme';
import { useCell, useGenerate } from '../jobs/useGenerate';
import { useLive, useShownJob } from '../jobs/useJob';
import { BoxPrompt } from '../prompts/BoxPrompt';
import { useReroll } from '../start/useReroll';
import { Artboard } from './Artboard';
import { BrushTip } from './BrushTip';
import { onBrushKey } from './brushKeys';
import styles from './canvas.module.css';
import { openPrompt } from './commands';
import { Examples } from './Examples';
import { Frames } from './Frames';
import { GuidePictures } from './GuidePictures';
import { onCanvasKey } from './keyboard';
import { Layer, Rect, Stage } from './konva';
import { Picture } from './Picture';
import { PictureForReaders } from './PictureForReaders';
import { Placing } from './Placing';
import { PALETTE } from './palette';
import { StartPicture } from './StartPicture';
import { useArea } from './useArea';
import { useBrushStrokes } from './useBrushStrokes';
import { useGestures } from './useGestures';
import { usePainting } from './usePainting';

const DRAWN: ReadonlySet<Kind> = new Set(['regions', 'scene', 'portrait']);
const NARROW = 600; // screen pixels below which the margin is small
const ONE_BOX = `Press N to choose the box, arrows to move it, Alt and arrows to resize it, Enter to write its prompt, R to
reroll it in the finished picture. The panel
beside has the same as fields.`;
const KEYS = `Press N for a new box, square brackets to go from box to box, arrows to move the chosen one, Alt and arrows
to resize it, Enter to write its prompt, R to reroll it in the finished picture, Delete to remove it. The list of boxes has the same as fields.`;

const BRUSH_KEYS = `Arrows move the brush, Shift and arrows paint, Space paints a dot, square brackets change the brush's size,
E switches the eraser, Escape ends painting.`;

const onDouble = ({ target }: { target: { name: () => string; id: () => string } }) => {
  if (target.name() === 'patch') openPrompt(target.id());
};

const keysFor = (kind: Kind) => (kind === 'regions' ? KEYS : ONE_BOX);

/** The content of the canvas: the draft over the picture of the current job. A picture of another size or kind hides
 * the draft. */
function useScene() {
  const draft = useDraft((now) => now.draft);
  const snapped = useGenerate().compiled?.boxes;
  const job = useShownJob();
  const live = useLive(job);
  const painting = usePainting(job);
  const own = canvasOf(draft);
  const canvas = painting.canvas ?? own;
  const foreign =
    job !== undefined &&
    (canvas.width !== own.width || canvas.height !== own.height || job.spec.layout.kind !== draft.kind);
  const covered = painting.main !== null || (live !== undefined && isActive(live));
  const boxes = useMemo(() => boxesOf(draft, snapped), [draft, snapped]);
  return {
    draft,
    boxes,
    job,
    painting,
    canvas,
    foreign,
    covered,
    drawable: (DRAWN.has(draft.kind) || boxes.length > 0) && !foreign,
  };
}

/** The canvas: the picture appears inside it, and the layout lies over it as tinted frames. */
export function CanvasView() {
  const container = useRef<HTMLDivElement>(null);
  const area = useArea(container);
  const [inside, setInside] = useState(false);
  const { drawing, hovered } = useSession();
  const palette = PALETTE[useTheme().theme];
  const cell = useCell();
  const { draft, boxes, job, painting, canvas, foreign, covered, drawable: drawsBoxes } = useScene();
  const reroll = useReroll(job);
  const look = useSession((now) => now.look);
  const view = fitView(canvas, area, area.width < NARROW ? 12 : 40);
  const letters = useRef(true);
  const onDrawn = () => {
    letters.current = false;
  };
  const onChosen = () => {
    letters.current = true;
  };
  const guideTool = useSession((now) => now.guideTool);
  const drawable = drawsBoxes || (guideTool?.does === 'place' && !foreign);
  const painted = guideTool?.does === 'paint' && !foreign ? (guideOf(draft, guideTool.guide)?.id ?? null) : null;
  const brush = useBrushStrokes({ container, view, sketch: painted });
  const gestures = useGestures({ container, boxes, canvas, cell, view, enabled: drawable, onDrawn });
  const onPointerDown = painted ? brush.onPointerDown : gestures.onPointerDown;
  const onKeyDown = (event: KeyboardEvent) => {
    if (painted) onBrushKey(event, { sketch: painted, canvas, cell });
    else if (drawable) onCanvasKey(event, { cell, reroll, letters: letters.current });
  };
  const placed = { x: view.x, y: view.y, scaleX: view.scale, scaleY: view.scale };
  const empty = isBlank(draft) && !job && !draft.start;

  return (
    <section
      className={styles.surface}
      style={{ '--aspect': canvas.width / canvas.height } as CSSProperties}
      aria-label="Canvas"
      id="canvas"
      data-empty={empty || undefined}
    >
      <div
        ref={container}
        className={styles.stage}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: an application takes the keys that its description names
        tabIndex={0}
        role="application"
        aria-label={`Layout canvas, ${canvas.width} by ${canvas.height} pixels`}
        aria-describedby="canvas-keys"
        data-testid="canvas"
        data-draws={drawable || painted !== null || undefined}
        data-drawing={drawing || undefined}
        data-painting={painted !== null || undefined}
        onKeyDown={onKeyDown}
        onPointerDown={onChosen}
        onPointerEnter={() => setInside(true)}
        onPointerLeave={() => setInside(false)}
        onFocus={() => {
          onChosen();
          setInside(true);
        }}
        onBlur={() => setInside(false)}
      >
        {area.width > 0 && (
          <Stage
            width={area.width}
            height={area.height}
            onPointerDown={onPointerDown}
            onDblClick={onDouble}
            onDblTap={onDouble}
          >
            <Layer {...placed} listening={false}>
              <Artboard
                canvas={canvas}
                cell={cell}
                view={view}
                palette={palette}
                dots={!painting.main && !draft.start}
              />
              {draft.start && !job && <StartPicture start={draft.start} canvas={canvas} />}
              <Picture painting={painting} canvas={canvas} palette={palette} look={look} />
            </Layer>
            <Layer {...placed} listening={!foreign && !empty}>
              <Frames
                draft={draft}
                boxes={boxes}
                scale={view.scale}
                palette={palette}
                visible={!foreign && !empty && (!covered || inside || hovered !== null || painted !== null)}
                overPicture={painting.main !== null}
              >
                <GuidePictures
                  guides={shownOf(draft, guidesOf(draft))}
                  canvas={canvas}
                  painting={painted}
                  stroke={brush.stroke}
                />
              </Frames>
              {painted && <BrushTip pointer={inside ? brush.pointer : null} palette={palette} scale={view.scale} />}
              {gestures.drawn && (
                <Rect
                  {...gestures.drawn}
                  stroke={palette.ink}
                  strokeWidth={1.5}
                  dash={[5, 4]}
                  strokeScaleEnabled={false}
                />
              )}
            </Layer>
          </Stage>
        )}
      </div>
      <p id="canvas-keys" className="visually-hidden">
        {painted
          ? BRUSH_KEYS
          : drawable
            ? keysFor(draft.kind)
            : 'The prompts and settings are in the panel beside the canvas.'}
      </p>
      {job && <PictureForReaders job={job} painting={painting} />}
      {empty && <Examples kind={draft.kind} />}
      <Placing />
      {drawsBoxes && <BoxPrompt surface={container} boxes={boxes} view={view} />}
      {foreign && <Foreign width={canvas.width} height={canvas.height} />}
    </section>
  );
}

function Foreign({ width, height }: { width: number; height: number }) {
  return (
    <div className={styles.foreign}>
      <span>
        A picture of {width} × {height}
      </span>
      <Button small look="quiet" icon="back" onClick={() => showJob(null)}>
        Back to your draft
      </Button>
    </div>
  );
}
