import { useEffect, useRef, useState } from 'react';
import { create } from 'zustand';
import { ApiProblem } from '../api/problem';
import { pictureOf } from './frames';
import { show } from './memory';
import type { Series } from './series';
import { useReconnected } from './useReconnected';

interface Frame {
  of: string;
  step: number;
  picture: ImageBitmap;
}

/** The reasons why frames that are asked for are not shown, by job, node and step. */
export const useFrameFaults = create<Readonly<Record<string, string>>>(() => ({}));

const forgetFault = (name: string): void => useFrameFaults.setState(({ [name]: _, ...others }) => others, true);

/** The picture of a step. Until it is there, the picture of the step before it stays. Null without a series or a step. */
export function useFrame(series: Series | null, step: number | null): Frame | null {
  const [frame, setFrame] = useState<Frame | null>(null);
  const of = series && `${series.job}/${series.node}/${series.what}/${series.version}`;
  const latest = useRef(series);
  latest.current = series;
  const [absences, setAbsences] = useState(0); // how often the server came back: what failed is asked for again
  useReconnected(() => {
    if (Object.keys(useFrameFaults.getState()).length > 0) setAbsences((count) => count + 1);
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: an absence is a reason to ask again
  useEffect(() => {
    const asked = latest.current;
    if (of === null || asked === null || step === null) return setFrame(null);
    const name = `${of}/${step}`;
    let current = true;
    pictureOf(asked, step)
      .then((picture) => {
        if (current && picture) setFrame({ of, step, picture });
      })
      .catch((error) => {
        if (current && error instanceof ApiProblem) useFrameFaults.setState({ [name]: error.message });
      });
    return () => {
      current = false;
      forgetFault(name);
    };
  }, [of, step, absences]);
  useEffect(() => (frame ? show(frame.picture) : undefined), [frame]);
  return frame !== null && frame.of === of ? frame : null;
}
