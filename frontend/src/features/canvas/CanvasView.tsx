import type Konva from 'konva';
import { type CSSProperties, useEffect, useRef, useState } from 'react';
import { Group, Layer, Rect, Stage } from 'react-konva';
import { faultAt } from '../../api/problem';
import { isActive } from '../../api/queries';
import { canvasOf, isBlank } from '../../document/draft';
import { useDraft } from '../../document/store';
import { colourOf } from '../../geometry/colour';
import { fitView } from '../../geometry/view';
import { showJob, useSession } from '../../session';
import { Button } from '../../ui/Button';
import { useTheme } from '../../ui/theme';
import { useCell, useGenerate } from '../jobs/useGenerate';
import { useLive, useShownJob } from '../jobs/useJob';
import { AnchorZones } from './AnchorZones';
import { Artboard } from './Artboard';
import styles from './canvas.module.css';
import { Examples } from './Examples';
import { Handles } from './Handles';
import { onCanvasKey } from './keyboard';
import { PatchFrame } from './PatchFrame';
import { Picture } from './Picture';
import { PictureForReaders } from './PictureForReaders';
import { PALETTE } from './palette';
import { useArea } from './useArea';
import { useGestures } from './useGestures';
import { usePainting } from './usePainting';

const FADE = 0.25; // seconds
const calm = () => window.matchMedia('(prefers-reduced-motion: reduce)').matches;

/** Fade a layer's group to an opacity; what is being edited never waits for it. */
function useFade(target: number) {
  const group = useRef<Konva.Group>(null);
  useEffect(() => {
    const node = group.current;
    if (!node) return;
    if (calm()) node.opacity(target);
    else node.to({ opacity: target, duration: FADE });
  }, [target]);
  return group;
}

/** The canvas: the picture appears inside it, and the layout lies over it as tinted frames. */
export function CanvasView() {
  const container = useRef<HTMLDivElement>(null);
  const area = useArea(container);
  const [inside, setInside] = useState(false);
  const { selected, drawing, hovered } = useSession();
  const draft = useDraft((now) => now.draft);
  const palette = PALETTE[useTheme().theme];
  const cell = useCell();
  const { faults } = useGenerate();

  const job = useShownJob();
  const live = useLive(job);
  const painting = usePainting(job);
  const own = canvasOf(draft);
  const canvas = job?.spec.layout.canvas ?? own;
  const foreign =
    job !== undefined &&
    (canvas.width !== own.width || canvas.height !== own.height || job.spec.layout.kind !== draft.kind);
  const view = fitView(canvas, area, area.width < 600 ? 12 : 40);

  const regions = draft.kind === 'regions' && !foreign;
  const { drawn, onPointerDown } = useGestures({ container, draft, canvas: own, cell, view, enabled: regions });
  const covered = painting.main !== null || (live !== undefined && isActive(live));
  const frames = useFade(foreign || (covered && !inside && hovered === null) ? 0 : 1);
  const chosen = regions ? draft.regions.patches.find((patch) => patch.id === selected) : undefined;
  const empty = isBlank(draft) && !job;

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
        data-drawing={drawing || undefined}
        data-draws={regions || undefined}
        onKeyDown={(event) => regions && onCanvasKey(event, cell)}
        onPointerEnter={() => setInside(true)}
        onPointerLeave={() => setInside(false)}
        onFocus={() => setInside(true)}
        onBlur={() => setInside(false)}
      >
        {area.width > 0 && (
          <Stage width={area.width} height={area.height} onPointerDown={onPointerDown}>
            <Layer x={view.x} y={view.y} scaleX={view.scale} scaleY={view.scale} listening={false}>
              <Artboard canvas={canvas} cell={cell} view={view} palette={palette} dots={!painting.main} />
              <Picture painting={painting} canvas={canvas} palette={palette} />
            </Layer>
            <Layer x={view.x} y={view.y} scaleX={view.scale} scaleY={view.scale} listening={!foreign}>
              <Group ref={frames}>
                {draft.kind === 'panorama' && (
                  <AnchorZones
                    anchors={draft.panorama.anchors}
                    axis={draft.panorama.axis}
                    canvas={own}
                    scale={view.scale}
                    palette={palette}
                    selected={selected}
                    overPicture={painting.main !== null}
                  />
                )}
                {draft.kind === 'regions' &&
                  draft.regions.patches.map((patch, index) => (
                    <PatchFrame
                      key={patch.id}
                      patch={patch}
                      scale={view.scale}
                      palette={palette}
                      selected={patch.id === selected}
                      hovered={patch.id === hovered}
                      faulty={faultAt(faults, 'layout', 'patches', index) !== undefined}
                    />
                  ))}
                {chosen && (
                  <Handles box={chosen.box} scale={view.scale} colour={colourOf(chosen.id)} fill={palette.halo} />
                )}
              </Group>
              {drawn && (
                <Rect {...drawn} stroke={palette.ink} strokeWidth={1.5} dash={[5, 4]} strokeScaleEnabled={false} />
              )}
            </Layer>
          </Stage>
        )}
      </div>
      <p id="canvas-keys" className="visually-hidden">
        {regions
          ? 'Press N for a new box, square brackets to go from box to box, arrows to move the chosen one, Alt and arrows to resize it, Enter to write its prompt, Delete to remove it. The list of boxes has the same as fields.'
          : 'The prompts are in the panel beside.'}
      </p>
      {job && <PictureForReaders job={job} painting={painting} />}
      {empty && <Examples />}
      {foreign && (
        <div className={styles.foreign}>
          <span>
            A picture of {canvas.width} × {canvas.height}
          </span>
          <Button small look="quiet" icon="back" onClick={() => showJob(null)}>
            Back to your draft
          </Button>
        </div>
      )}
    </section>
  );
}
