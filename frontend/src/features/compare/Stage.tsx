import { type CSSProperties, useRef, useState } from 'react';
import { usePicture } from '../../api/queries';
import type { Output } from '../../api/types';
import { Button, IconButton } from '../../ui/Button';
import { Segmented } from '../../ui/Segmented';
import { Unanswered } from '../../ui/Unanswered';
import { useObjectUrl } from '../../ui/useObjectUrl';
import { useStanding } from '../../ui/useStanding';
import { words } from '../../words/words';
import styles from './compare.module.css';
import { useComparing, type Which } from './state';
import { useZoom, type Zoom } from './useZoom';

const say = words.compare;
const ZOOM = 1.5; // each press of a button

type Pair = Record<Which, Output | undefined>;

/** The proportions of the frame into which both pictures are fitted: those of the larger picture. */
function frameOf({ left, right }: Pair): CSSProperties {
  const area = (one: Output | undefined) => (one ? one.width * one.height : 0);
  const { width, height } = (area(right) > area(left) ? right : left) ?? { width: 2, height: 1 };
  return { '--across': width / height } as CSSProperties;
}

interface ShownProps {
  output: Output | undefined;
  which: Which;
  view: Zoom['view'];
}

function Shown({ output, which, view: { scale, x, y } }: ShownProps) {
  const { data, error: newest } = usePicture(output?.url);
  const error = useStanding(newest, data !== undefined, output?.url);
  const url = useObjectUrl(data);
  return (
    <div className={styles.zoomed} style={{ transform: `translate(${x}px, ${y}px) scale(${scale})` }}>
      <div className={styles.frame}>
        {url ? (
          <img src={url} alt={say[which]} draggable={false} data-testid={`compare-${which}`} />
        ) : (
          <p className={styles.missing}>{output && (error ? words.shell.pictureFailed : say.loading)}</p>
        )}
      </div>
    </div>
  );
}

/** Offers to fetch the pictures again that could not be loaded. */
function Failed({ left, right }: Pair) {
  const asked = [usePicture(left?.url), usePicture(right?.url)];
  const failed = asked.filter(({ isError }) => isError);
  const newest = failed[0]?.error ?? null;
  const here = asked.every(({ data, isEnabled }) => data !== undefined || !isEnabled);
  const error = useStanding(newest, here, `${left?.url} ${right?.url}`);
  const again = () => {
    for (const one of failed) one.refetch();
  };
  return error && <Unanswered error={newest} onAgain={again} />;
}

/** One picture over the other. A slider moves the line between them. */
function Slider({ pair, zoom }: { pair: Pair; zoom: Zoom }) {
  const [percent, setPercent] = useState(50);
  return (
    <div
      className={styles.stage}
      style={{ ...frameOf(pair), '--at': percent / 100 } as CSSProperties}
      data-stage
      data-testid="compare-slider"
      {...zoom.hands}
    >
      <Shown output={pair.right} which="right" view={zoom.view} />
      <div className={styles.over}>
        <Shown output={pair.left} which="left" view={zoom.view} />
      </div>
      <div className={styles.line} />
      <input
        type="range"
        className={styles.divider}
        min={0}
        max={100}
        value={percent}
        aria-label={say.divider}
        aria-valuetext={say.divided(percent)}
        data-testid="compare-divider"
        onChange={({ target }) => setPercent(Number(target.value))}
      />
    </div>
  );
}

function Beside({ pair, zoom }: { pair: Pair; zoom: Zoom }) {
  return (
    <div className={styles.besides} data-testid="compare-beside">
      {(['left', 'right'] as const).map((which) => (
        <div key={which} className={styles.stage} style={frameOf(pair)} data-stage {...zoom.hands}>
          <Shown output={pair[which]} which={which} view={zoom.view} />
        </div>
      ))}
    </div>
  );
}

/** How an arrow key on the buttons of the zoom moves the pictures, in shares of the stage: it shows what lies there. */
const MOVES: Readonly<Record<string, readonly [across: number, down: number]>> = {
  ArrowLeft: [0.1, 0],
  ArrowRight: [-0.1, 0],
  ArrowUp: [0, 0.1],
  ArrowDown: [0, -0.1],
};

/** Two pictures with one zoom: under a slider, or side by side. */
export function Stage({ left, right }: Pair) {
  const beside = useComparing((now) => now.beside);
  const around = useRef<HTMLDivElement>(null);
  const zoom = useZoom(around);
  const differ = left && right && (left.width !== right.width || left.height !== right.height);
  const sized = ({ width, height }: Output) => say.size(width, height);
  return (
    <div className={styles.stages} ref={around}>
      <div className={styles.ways}>
        <Segmented
          label={say.ways}
          value={beside ? 'beside' : 'slider'}
          options={[
            { value: 'slider', label: say.slider, testId: 'compare-as-slider' },
            { value: 'beside', label: say.beside, testId: 'compare-as-beside' },
          ]}
          onChange={(way) => useComparing.setState({ beside: way === 'beside' })}
        />
        <p className={differ ? styles.sizes : styles.hint}>
          {differ ? say.sizes(sized(left), sized(right)) : say.hint}
        </p>
        <fieldset
          className={styles.zooms}
          aria-label={say.zoom}
          onKeyDown={(event) => {
            const [across, down] = MOVES[event.key] ?? [0, 0];
            if (across === 0 && down === 0) return;
            event.preventDefault();
            event.stopPropagation();
            zoom.move(across, down);
          }}
        >
          <IconButton label={say.zoomOut} icon="minus" onClick={() => zoom.by(1 / ZOOM)} />
          <output className={styles.scale} data-testid="compare-zoom">
            {say.percent(zoom.view.scale)}
          </output>
          <IconButton label={say.zoomIn} icon="plus" data-testid="compare-zoom-in" onClick={() => zoom.by(ZOOM)} />
          <Button small look="quiet" icon="fit" onClick={zoom.fit}>
            {say.fit}
          </Button>
        </fieldset>
      </div>
      <Failed left={left} right={right} />
      {beside ? <Beside pair={{ left, right }} zoom={zoom} /> : <Slider pair={{ left, right }} zoom={zoom} />}
    </div>
  );
}
