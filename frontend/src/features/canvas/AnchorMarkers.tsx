import type { Draft } from '../../document/draft';
import { colourOf } from '../../geometry/colour';
import { useDrag } from './drag';
import { Circle, Line } from './konva';
import { markersOf } from './markers';
import type { Palette } from './palette';

const RADIUS = 8; // screen pixels
const THIN = { strokeWidth: 1.5, opacity: 0.55 };
const STRONG = { strokeWidth: 3, opacity: 1 };

interface AnchorMarkersProps {
  panorama: Draft['panorama'];
  scale: number;
  selected: string | null;
}

const useMarkers = ({ panorama, scale }: AnchorMarkersProps) =>
  markersOf(
    panorama,
    scale,
    useDrag((now) => now.positions),
  );

/** A line across the canvas at the place of each prompt. */
export function AnchorLines(props: AnchorMarkersProps) {
  const { axis, canvas } = props.panorama;
  return useMarkers(props).map(({ id, x, y }) => (
    <Line
      key={id}
      points={axis === 'x' ? [x, 0, x, canvas.height] : [0, y, canvas.width, y]}
      stroke={colourOf(id)}
      {...(id === props.selected ? STRONG : THIN)}
      strokeScaleEnabled={false}
      listening={false}
    />
  ));
}

/** The markers by which the prompts of a panorama are moved. */
export function AnchorMarkers(props: AnchorMarkersProps & { palette: Palette }) {
  return useMarkers(props).map(({ id, x, y }) => (
    <Circle
      key={id}
      x={x}
      y={y}
      radius={RADIUS / props.scale}
      fill={colourOf(id)}
      stroke={props.palette.halo}
      strokeWidth={id === props.selected ? 3 : 2}
      strokeScaleEnabled={false}
      listening={false}
    />
  ));
}
