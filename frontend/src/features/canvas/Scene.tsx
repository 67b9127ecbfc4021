import type { ReactNode } from 'react';

/** Small paper-cut places, 72 units wide and 56 high, for sketches. */
const PLACES = {
  desert: (
    <>
      <rect width="72" height="56" fill="#f3d9b1" />
      <circle cx="50" cy="17" r="7" fill="#fbf3df" />
      <path d="M0 34Q18 22 38 32T72 28V56H0z" fill="#e3a866" />
      <path d="M0 44Q22 34 44 43T72 40V56H0z" fill="#c97f43" />
    </>
  ),
  sea: (
    <>
      <rect width="72" height="56" fill="#d7ecf0" />
      <path d="M30 33h14l-3 5H33z M36 32V18l9 13z" fill="#b4553d" />
      <path d="M0 36q6-4 12 0t12 0 12 0 12 0 12 0 12 0V56H0z" fill="#5aa5bb" />
      <path d="M-4 46q6-4 12 0t12 0 12 0 12 0 12 0 12 0 12 0V56H-4z" fill="#2f7c96" />
    </>
  ),
  hills: (
    <>
      <rect width="72" height="56" fill="#d5e9f2" />
      <path d="M0 36Q20 22 40 34T72 30V56H0z" fill="#9cc48a" />
      <path d="M0 46Q24 32 46 44T72 42V56H0z" fill="#5f9a5c" />
    </>
  ),
  city: (
    <>
      <rect width="72" height="56" fill="#e4dfea" />
      <path d="M4 56V26h12v-8h10v16h8V12h12v20h8V22h12v34z" fill="#8b7f9e" />
      <path d="M0 56V40h10v-6h10v10h12v-8h12v6h10V34h10v8h8v14z" fill="#5d5270" />
    </>
  ),
  mountains: (
    <>
      <rect width="72" height="56" fill="#dfe6ee" />
      <path d="M0 56V38L16 16 30 34 46 8 72 40V56z" fill="#8fa3b8" />
      <path d="M16 16l6 8-6 3-6-2z M46 8l8 10-7 4-8-3z" fill="#fbfaf6" />
      <path d="M0 50Q20 40 40 48T72 44V56H0z" fill="#f4f1ea" />
    </>
  ),
  forest: (
    <>
      <rect width="72" height="56" fill="#dce9df" />
      <path d="M10 14l10 28H0z M30 10l11 32H19z M52 16l10 26H42z M66 12l10 30H56z" fill="#6a9c76" />
      <path d="M0 22l10 28H-10z M20 24l10 26H10z M42 20l11 30H31z M62 24l10 26H52z" fill="#3f7350" />
      <path d="M0 48h72v8H0z" fill="#2f5a3f" />
    </>
  ),
} satisfies Record<string, ReactNode>;

type Place = keyof typeof PLACES;

const NAMED: readonly (readonly [RegExp, Place])[] = [
  [/desert|oasis/, 'desert'],
  [/sea|ocean/, 'sea'],
  [/city/, 'city'],
  [/forest|woods/, 'forest'],
  [/mountain|peak|snow/, 'mountains'],
];

/** The place that a prompt names, or hills if it names none that can be drawn. */
export const placeOf = (prompt: string): Place => NAMED.find(([words]) => words.test(prompt))?.[1] ?? 'hills';

interface SceneProps {
  place: Place;
  x: number;
  y?: number;
  width: number;
  height?: number;
  frame?: string;
}

/** A place in a frame. In a wide frame it is stretched. */
export function Scene({ place, x, y = 0, width, height = 56, frame }: SceneProps) {
  return (
    <>
      <svg x={x} y={y} width={width} height={height} viewBox="0 0 72 56" preserveAspectRatio="none" aria-hidden="true">
        {PLACES[place]}
      </svg>
      {frame && <rect x={x} y={y} width={width} height={height} fill="none" stroke={frame} strokeWidth={2} />}
    </>
  );
}
