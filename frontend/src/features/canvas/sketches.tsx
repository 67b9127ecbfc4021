import type { ReactNode } from 'react';
import type { Example } from '../../document/examples';
import { colourOf } from '../../geometry/colour';
import { Scene } from './Scene';

const [FIRST, SECOND, THIRD] = [colourOf('p1'), colourOf('p2'), colourOf('p3')];

/** Each example in small, in an area of 216 by 56. */
export const SKETCHES: Record<Example['id'], ReactNode> = {
  one: <Scene place="sea" x={0} width={216} />,
  three: (
    <>
      <Scene place="desert" x={0} width={72} />
      <Scene place="city" x={72} width={72} />
      <Scene place="sea" x={144} width={72} />
      <path d="M0 54.5h72" stroke={FIRST} strokeWidth={3} />
      <path d="M72 54.5h72" stroke={SECOND} strokeWidth={3} />
      <path d="M144 54.5h72" stroke={THIRD} strokeWidth={3} />
    </>
  ),
  boxes: (
    <>
      <Scene place="hills" x={0} width={216} />
      <Scene place="city" x={17} y={0} width={64} height={56} frame={FIRST} />
      <Scene place="sea" x={135} y={0} width={64} height={56} frame={SECOND} />
    </>
  ),
  boat: (
    <>
      <Scene place="sea" x={0} width={216} />
      <Scene place="sea" x={68} y={6} width={80} height={44} frame={colourOf('object')} />
    </>
  ),
  balloon: (
    <>
      <Scene place="hills" x={0} width={216} />
      <circle cx="156" cy="18" r="9" fill="#d9653f" />
      <path d="M150 25l4 7h4l4-7z" fill="#8a4a2f" />
      <rect x="124" y="2" width="64" height="40" fill="none" stroke={colourOf('object')} strokeWidth={2} />
    </>
  ),
  lighthouse: (
    <>
      <Scene place="sea" x={0} width={216} />
      <path d="M98 48l4-30h12l4 30z" fill="#f4f1ea" />
      <path d="M101 26h14l1 8h-16z M101 18l7-8 7 8z" fill="#c9503c" />
      <rect x="86" y="4" width="44" height="28" fill="none" stroke={colourOf('head')} strokeWidth={2} />
    </>
  ),
  turned: (
    <>
      <Scene place="sea" x={0} width={108} />
      <g transform="rotate(180 162 28)">
        <Scene place="desert" x={108} width={108} />
      </g>
      <path d="M108 0v56" stroke={FIRST} strokeWidth={2} />
    </>
  ),
  mirrored: (
    <>
      <Scene place="city" x={0} width={108} />
      <g transform="translate(216 0) scale(-1 1)">
        <Scene place="hills" x={0} width={108} />
      </g>
      <path d="M108 0v56" stroke={SECOND} strokeWidth={2} />
    </>
  ),
  waves: <Tiles place="sea" />,
  hills: <Tiles place="hills" />,
  afar: (
    <>
      <Scene place="hills" x={0} width={144} />
      <Scene place="sea" x={152} y={10} width={56} height={36} frame={THIRD} />
    </>
  ),
};

function Tiles({ place }: { place: 'sea' | 'hills' }) {
  return [0, 54, 108, 162].flatMap((x) =>
    [0, 28].map((y) => <Scene key={`${x} ${y}`} place={place} x={x} y={y} width={54.5} height={28.5} />),
  );
}
