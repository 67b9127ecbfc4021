import type { CSSProperties } from 'react';
import type { JobResource } from '../../api/types';
import { canvasOfLayout, mainOf } from '../../document/job';
import { useDraft } from '../../document/store';
import { placed } from '../../geometry/look';
import { select, useSession } from '../../session';
import { Bitmap } from '../../ui/Bitmap';
import { Button } from '../../ui/Button';
import { words } from '../../words/words';
import { useAlsoShown } from '../diagnostics/useAlsoShown';
import { useOutput, useShownJob } from '../jobs/useJob';
import { pictureOf } from '../jobs/words';
import { hasStrip, toggleStrip, useStripOpen } from './state';
import styles from './strip.module.css';
import { type Tile, tilesOf } from './tiles';
import { type TilePicture, useTile } from './useTile';

/** Show a tile's picture on the canvas, and select what it belongs to. */
function choose({ node, look, owner }: Tile, main: string | undefined, { run, saved, url, frame }: TilePicture): void {
  if (owner !== undefined) select(owner);
  if (!url && !frame) return;
  const aside = node !== main && (run.held || !saved);
  useSession.setState((now) => ({
    picture: saved?.name ?? now.picture,
    show: { node: aside ? node : null, what: 'x0' },
    look,
  }));
}

/** True if the canvas shows the picture of the tile. */
function useOnCanvas(job: JobResource, { node, look }: Tile, main: string | undefined, held: boolean): boolean {
  const show = useSession((now) => now.show);
  const looksAt = useSession((now) => now.look);
  const output = useOutput(job);
  const finished = output && !held ? pictureOf(output, job.spec).node : main;
  return (show.node ?? finished) === node && looksAt === look;
}

/** The picture itself, mirrored or turned as its view sees it. */
function Shown({ job, tile, picture: { run, url, frame } }: { job: JobResource; tile: Tile; picture: TilePicture }) {
  const { width, height } = canvasOfLayout(job.spec.layout);
  const { rotation, scaleX, scaleY } = placed(tile.look, { width, height });
  const style = {
    '--aspect': width / height,
    transform: `rotate(${rotation}deg) scale(${scaleX}, ${scaleY})`,
  } as CSSProperties;
  const known = { className: styles.picture, style, 'data-testid': 'strip-picture' };
  if (url) return <img {...known} src={url} alt="" />;
  if (frame) return <Bitmap {...known} bitmap={frame.picture} data-step={frame.step} aria-hidden="true" />;
  return <span className={styles.missing}>{run.active && !run.held ? words.strip.waits : words.strip.notKept}</span>;
}

function TileButton({ job, tile }: { job: JobResource; tile: Tile }) {
  const picture = useTile(job, tile);
  const [main] = mainOf(job.spec.layout);
  const { frame, url, run, step } = picture;
  const pressed = useOnCanvas(job, tile, main, run.held);
  return (
    <button
      type="button"
      className={styles.tile}
      aria-pressed={pressed}
      data-testid={`strip-${tile.id}`}
      onClick={() => choose(tile, main, picture)}
    >
      <span className={styles.frame}>
        <Shown job={job} tile={tile} picture={picture} />
      </span>
      <span className={styles.name}>
        <bdi>{tile.title}</bdi>
        {!url && frame && frame.step !== step && <span className={styles.step}>{words.strip.atStep(frame.step)}</span>}
      </span>
    </button>
  );
}

function Tiles({ job, tiles }: { job: JobResource; tiles: readonly Tile[] }) {
  const [main] = mainOf(job.spec.layout);
  useAlsoShown(tiles.map(({ node }) => node).filter((node) => node !== main));
  return (
    <div className={styles.tiles}>
      {tiles.map((tile) => (
        <TileButton key={tile.id} job={job} tile={tile} />
      ))}
    </div>
  );
}

/** The pictures of a scene or the readings of an illusion, side by side below the canvas, from the start of the job. The
 * strip can be closed; then only its name is left. */
export default function Strip() {
  const job = useShownJob();
  const kind = useDraft((now) => now.draft.kind);
  const views = useDraft((now) => now.draft.illusion.views);
  const open = useStripOpen((now) => now.open);
  if (!job || !hasStrip(job.spec.layout)) return null;
  const own = kind === job.spec.layout.kind;
  const tiles = tilesOf(job.spec.layout, views).map((tile) => (own ? tile : { ...tile, owner: undefined }));
  const label = job.spec.layout.kind === 'scene' ? words.strip.ofScene : words.strip.ofIllusion;
  return (
    <section className={styles.strip} aria-label={label} data-open={open || undefined} data-testid="strip">
      {open && <Tiles key={job.id} job={job} tiles={tiles} />}
      <Button
        small
        look="quiet"
        icon={open ? 'down' : 'up'}
        className={styles.toggle}
        aria-label={label}
        aria-expanded={open}
        title={open ? words.strip.close : words.strip.open}
        data-testid="strip-toggle"
        onClick={toggleStrip}
      >
        {!open && label}
      </Button>
    </section>
  );
}
