import type { CSSProperties } from 'react';
import type { Job } from '../../api/types';
import { anchorPositions } from '../../document/anchors';
import { boxesOf, type Drawn } from '../../document/boxes';
import { canvasOf, type Draft, EMPTY } from '../../document/draft';
import { withJob } from '../../document/job';
import { colourOf } from '../../geometry/colour';
import { zone } from '../../geometry/zones';
import { words } from '../../words/words';
import styles from './shared.module.css';

type Part = Pick<Drawn, 'id' | 'prompt' | 'box' | 'paint'>;

/** The boxes with a prompt of their own, from the lowest to the topmost. */
function partsOf(draft: Draft): Part[] {
  const { anchors, axis, canvas } = draft.panorama;
  if (draft.kind !== 'panorama') return boxesOf(draft);
  const spread = { count: anchors.length, positions: anchorPositions(draft) };
  return anchors.map(({ id, prompt }, index) => ({ id, prompt, box: zone(index, spread, axis, canvas) }));
}

const percent = (part: number, whole: number) => `${(100 * part) / whole}%`;

function Box({ part, canvas }: { part: Part; canvas: { width: number; height: number } }) {
  const { box, id, prompt, paint } = part;
  const colour = paint ?? colourOf(id);
  const place: CSSProperties = {
    insetInlineStart: percent(box.x, canvas.width),
    top: percent(box.y, canvas.height),
    width: percent(box.width, canvas.width),
    height: percent(box.height, canvas.height),
    borderColor: colour,
  };
  return (
    <div className={styles.box} style={place}>
      <div className={styles.tint} style={{ background: colour }} />
      <span className={styles.boxLabel} dir="auto">
        {prompt || words.layers.noPrompt}
      </span>
    </div>
  );
}

/** The address of an upload that the document names. */
type UrlOf = (upload: string) => string;

/** A drawing of a layout: its canvas, the picture that it starts from, and the boxes and masks with their prompts. */
export function Outline({ document, name, urlOf }: { document: Job; name: string; urlOf: UrlOf }) {
  const draft = withJob(EMPTY, document);
  const { width, height } = canvasOf(draft);
  const { start, kind, regions } = draft;
  const masks = kind === 'regions' ? regions.patches.flatMap(({ id, mask }) => (mask ? [{ id, mask }] : [])) : [];
  return (
    <div
      className={styles.outline}
      style={{ aspectRatio: `${width} / ${height}`, maxWidth: `calc(64dvh * ${width / height})` }}
      role="img"
      aria-label={words.sharing.outline(name)}
      data-testid="outline"
    >
      {start && (
        <img
          className={styles.start}
          style={{ objectFit: start.fit === 'crop' ? 'cover' : 'fill' }}
          src={urlOf(start.picture)}
          alt=""
        />
      )}
      {partsOf(draft).map((part) => (
        <Box key={part.id} part={part} canvas={{ width, height }} />
      ))}
      {masks.map(({ id, mask }) => (
        <div
          key={id}
          className={`${styles.tint} ${styles.mask}`}
          style={{ background: colourOf(id), maskImage: `url("${urlOf(mask)}")` }}
        />
      ))}
    </div>
  );
}
