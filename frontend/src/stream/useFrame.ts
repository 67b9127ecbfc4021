import { useEffect, useRef, useState } from 'react';
import { create } from 'zustand';
import { ApiProblem } from '../api/problem';
import { pictureOf } from './frames';
import { show } from './memory';
import type { Series } from './series';

interface Frame {
  of: string;
  step: number;
  picture: ImageBitmap;
}

/** The reason why the frame that was asked for last is not shown. */
export const useFrameFault = create<{ fault: string | null }>(() => ({ fault: null }));

/** The picture of a step. Until it is there, the picture of the step before it stays. Null without a series or a step. */
export function useFrame(series: Series | null, step: number | null): Frame | null {
  const [frame, setFrame] = useState<Frame | null>(null);
  const of = series && `${series.job}/${series.node}/${series.what}/${series.version}`;
  const latest = useRef(series);
  latest.current = series;
  useEffect(() => {
    const asked = latest.current;
    if (of === null || asked === null || step === null) return setFrame(null);
    let current = true;
    pictureOf(asked, step)
      .then((picture) => {
        if (!current) return;
        useFrameFault.setState({ fault: null });
        if (picture) setFrame({ of, step, picture });
      })
      .catch((error) => {
        if (current && error instanceof ApiProblem) useFrameFault.setState({ fault: error.message });
      });
    return () => {
      current = false;
    };
  }, [of, step]);
  useEffect(() => (frame ? show(frame.picture) : undefined), [frame]);
  return frame !== null && frame.of === of ? frame : null;
}
