import type { ReactNode } from 'react';
import { boxesOf } from '../../document/boxes';
import { canvasOf, type Draft } from '../../document/draft';
import { graphOf } from '../../document/graph';
import { BONES, poseOf } from '../../document/pose';
import { colourOf } from '../../geometry/colour';
import styles from './canvas.module.css';
import { placeOf, Scene } from './Scene';

const [WIDTH, HEIGHT] = [216, 56];

/** Places side by side, each over a line in its colour. */
function Strips({ prompts }: { prompts: string[] }) {
  const width = WIDTH / prompts.length;
  return prompts.map((prompt, index) => {
    const colour = prompts.length > 1 ? colourOf(`a${index + 1}`) : 'none';
    return (
      // biome-ignore lint/suspicious/noArrayIndexKey: a strip is what its place says
      <g key={index}>
        <Scene place={placeOf(prompt)} x={index * width} width={width} />
        <path d={`M${index * width} ${HEIGHT - 1.5}h${width}`} stroke={colour} strokeWidth={3} />
      </g>
    );
  });
}

/** Framed places in the boxes, over the background's place. */
function Boxes({ draft, behind }: { draft: Draft; behind: string }) {
  const { width, height } = canvasOf(draft);
  const [right, down] = [WIDTH / width, HEIGHT / height];
  return (
    <>
      <Scene place={placeOf(behind)} x={0} width={WIDTH} />
      {boxesOf(draft).map(({ id, prompt, box }) => (
        <Scene
          key={id}
          place={placeOf(prompt)}
          x={box.x * right}
          y={box.y * down}
          width={box.width * right}
          height={box.height * down}
          frame={colourOf(id)}
        />
      ))}
    </>
  );
}

/** The skeleton of a figure, and the frame of its head. */
function Figure({ draft }: { draft: Draft }) {
  const { canvas, body, head } = draft.portrait;
  const joints = poseOf(body)?.joints ?? [];
  const scale = HEIGHT / canvas.height;
  const at = ([x = 0, y = 0]: number[] = []) => `${x} ${y}`;
  return (
    <>
      <rect width={WIDTH} height={HEIGHT} fill="#e9e4dc" />
      <g transform={`translate(${(WIDTH - canvas.width * scale) / 2} 0) scale(${scale})`} fill="none">
        <path
          d={BONES.map(([from, to]) => `M${at(joints[from])}L${at(joints[to])}`).join('')}
          stroke={colourOf('body')}
          strokeWidth={2 / scale}
          strokeLinecap="round"
        />
        <rect {...head.box} stroke={colourOf('head')} strokeWidth={2 / scale} />
      </g>
    </>
  );
}

/** Two places; the second as it looks when the picture is turned or mirrored. */
function Turned({ draft }: { draft: Draft }) {
  const [first, second] = draft.illusion.views;
  const middle = 0.75 * WIDTH;
  const turn =
    second?.transform === 'flip_x' ? `translate(${2 * middle} 0) scale(-1 1)` : `rotate(180 ${middle} ${HEIGHT / 2})`;
  return (
    <>
      <Scene place={placeOf(first?.prompt ?? '')} x={0} width={WIDTH / 2} />
      <g transform={turn}>
        <Scene place={placeOf(second?.prompt ?? '')} x={WIDTH / 2} width={WIDTH / 2} />
      </g>
    </>
  );
}

function Tiles({ prompt }: { prompt: string }) {
  const [width, height] = [WIDTH / 4, HEIGHT / 2];
  return [0, 1, 2, 3].flatMap((column) =>
    [0, 1].map((row) => (
      <Scene
        key={`${column} ${row}`}
        place={placeOf(prompt)}
        x={column * width}
        y={row * height}
        width={width + 0.5}
        height={height + 0.5}
      />
    )),
  );
}

/** The place of the graph's first view, and, in a frame, that of the last. */
function Views({ draft }: { draft: Draft }) {
  const prompts = graphOf(draft.custom.text).graph?.observables.map(({ prompted }) => prompted.prompt) ?? [];
  return (
    <>
      <Scene place={placeOf(prompts[0] ?? '')} x={0} width={WIDTH} />
      <Scene place={placeOf(prompts.at(-1) ?? '')} x={148} y={10} width={56} height={36} frame={colourOf('p3')} />
    </>
  );
}

function drawn(draft: Draft): ReactNode {
  switch (draft.kind) {
    case 'panorama':
      return <Strips prompts={draft.panorama.anchors.map(({ prompt }) => prompt)} />;
    case 'regions':
      return <Boxes draft={draft} behind={draft.regions.prompt} />;
    case 'scene':
      return <Boxes draft={draft} behind={draft.scene.background.prompt} />;
    case 'portrait':
      return <Figure draft={draft} />;
    case 'illusion':
      return <Turned draft={draft} />;
    case 'texture':
      return <Tiles prompt={draft.texture.prompt} />;
    case 'custom':
      return <Views draft={draft} />;
  }
}

/** A small sketch of a layout. */
export function Sketch({ draft }: { draft: Draft }) {
  return (
    <svg className={styles.sketch} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
      {drawn(draft)}
    </svg>
  );
}
