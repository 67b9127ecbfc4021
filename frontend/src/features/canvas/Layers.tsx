import { shownOf } from '../../document/flags';
import { guidesOf } from '../../document/guides';
import { LARGEST_FIT } from '../../geometry/view';
import { useSession } from '../../session';
import { Artboard } from './Artboard';
import { BrushTip } from './BrushTip';
import { DragLayer } from './DragLayer';
import { Frames } from './Frames';
import { GuidePictures } from './GuidePictures';
import { Layer, Stage } from './konva';
import { MaskPictures } from './MaskPictures';
import { Picture } from './Picture';
import type { Palette } from './palette';
import { StartPicture } from './StartPicture';
import { useStage } from './stage';
import type { Scene } from './useScene';

interface LayersProps {
  scene: Scene;
  palette: Palette;
  /** The pointer or the focus is on the canvas. */
  inside: boolean;
}

/** The drawn canvas, in three layers: the picture on its paper, the layout over it, and what the hand does now. */
export function Layers({ scene, palette, inside }: LayersProps) {
  const { draft, boxes, cell, job, painting, canvas, foreign, covered, empty, painted } = scene;
  const view = useStage((now) => now.view);
  const area = useStage((now) => now.area);
  const look = useSession((now) => now.look);
  const hovered = useSession((now) => now.hovered);
  const { scale } = view;
  const placed = { x: view.x, y: view.y, scaleX: scale, scaleY: scale, listening: false };
  const visible = !foreign && !empty && (!covered || inside || hovered !== null || painted !== null);
  return (
    <Stage width={area.width} height={area.height} listening={false}>
      <Layer {...placed} imageSmoothingEnabled={scale <= LARGEST_FIT}>
        <Artboard
          canvas={canvas}
          area={area}
          cell={cell}
          view={view}
          palette={palette}
          dots={!painting.main && !draft.start}
        />
        {draft.start && !job && <StartPicture start={draft.start} canvas={canvas} />}
        <Picture painting={painting} canvas={canvas} palette={palette} look={look} />
      </Layer>
      <Layer {...placed}>
        <Frames
          draft={draft}
          boxes={boxes}
          scale={scale}
          palette={palette}
          visible={visible}
          overPicture={painting.main !== null}
        >
          <GuidePictures guides={shownOf(draft, guidesOf(draft))} canvas={canvas} painting={painted} />
          <MaskPictures draft={draft} painting={painted} />
        </Frames>
      </Layer>
      <Layer {...placed}>
        {visible && <DragLayer boxes={boxes} scale={scale} palette={palette} />}
        {painted && <BrushTip target={painted} inside={inside} palette={palette} scale={scale} />}
      </Layer>
    </Stage>
  );
}
