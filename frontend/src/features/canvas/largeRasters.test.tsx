// @vitest-environment jsdom
import { QueryClientProvider } from '@tanstack/react-query';
import { act, cleanup, render } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { queries } from '../../api/queries';
import { EMPTY, withCanvas } from '../../document/draft';
import type { ColourSketch } from '../../document/guide';
import { addGuide } from '../../document/guides';
import { useDraft } from '../../document/store';
import { rastered, rasteredMask } from '../painting/raster';
import { useDrag } from './drag';
import { GuidePictures } from './GuidePictures';
import { PaintedShape } from './PaintedShape';
import { useStage } from './stage';

interface Shown {
  image: OffscreenCanvas;
  width: number;
  height: number;
}

const shown: Shown[] = [];
vi.mock('./konva', () => ({ Image: (given: Shown) => void shown.push(given) }));

const MOST = 2 ** 22; // pixels
const LARGE = { width: 16384, height: 8192 };
const STROKE = { colour: '#ffffff', size: 200, soft: 0.5, points: [100, 100, 9000, 4000] };

/** A canvas that draws nothing, and tells what it is asked for. */
class Recorder {
  static made: Recorder[] = [];
  shadowBlur = 0;
  shadowOffsetX = 0;
  private scaled = 1;
  constructor(
    readonly width: number,
    readonly height: number,
  ) {
    Recorder.made.push(this);
  }
  getContext = () => this;
  getTransform = () => ({ a: this.scaled });
  scale = (by: number) => {
    this.scaled *= by;
  };
  get canvas() {
    return this;
  }
}
for (const name of [
  'save',
  'restore',
  'translate',
  'beginPath',
  'moveTo',
  'lineTo',
  'stroke',
  'fillRect',
  'drawImage',
]) {
  Object.assign(Recorder.prototype, { [name]: () => undefined });
}

beforeEach(() => {
  vi.stubGlobal('OffscreenCanvas', Recorder);
  Recorder.made = [];
  shown.length = 0;
});
afterEach(cleanup);

const draft = withCanvas(EMPTY, LARGE);
const sketch = addGuide(draft, 'sketch', { x: 0, y: 0, width: 8, height: 8 })[1] as ColourSketch;

const PICTURES = [
  ['a mask', <PaintedShape key="p1" id="p1" shape={{ strokes: [STROKE] }} colour="#ff0000" opacity={1} />],
  [
    'a sketch',
    <GuidePictures
      key="~g1"
      guides={[{ ...sketch, strokes: [STROKE] }]}
      canvas={draft.regions.canvas}
      painting="~g1"
    />,
  ],
] as const;

it.each(PICTURES)('shows %s on a large canvas by rasters of a few million pixels', (_, picture) => {
  useDraft.setState({ draft });
  useStage.setState({ paints: 'p1' });
  render(<QueryClientProvider client={queries}>{picture}</QueryClientProvider>);
  act(() => useDrag.setState({ stroke: STROKE }));
  for (const { width, height } of Recorder.made) expect(width * height).toBeLessThanOrEqual(MOST);
  expect(shown.at(-1)).toMatchObject(LARGE); // drawn over the whole canvas
  expect(shown.at(-1)?.image).toBe(Recorder.made.at(-1));
  act(() => useDrag.setState({ stroke: null }));
});

it('draws softness in proportion', () => {
  const large = rasteredMask({ box: null, mask: null }, [STROKE], LARGE) as unknown as Recorder;
  const size = { width: LARGE.width / 8, height: LARGE.height / 8 };
  const small = rasteredMask({ box: null, mask: null }, [STROKE], LARGE, size) as unknown as Recorder;
  expect([large.shadowBlur, small.shadowBlur]).toEqual([25, 25 / 8]);
});

it('sends what is painted at the size of the canvas', () => {
  expect(rasteredMask({ box: null, mask: null }, [STROKE], LARGE)).toMatchObject(LARGE);
  expect(rastered(null, [STROKE], LARGE)).toMatchObject(LARGE);
});
