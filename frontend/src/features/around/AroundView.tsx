import { Cache, EquirectangularAdapter, Viewer } from '@photo-sphere-viewer/core';
import { useEffect, useRef, useState } from 'react';
import '@photo-sphere-viewer/core/index.css';
import { addressOf } from '../../api/server';
import type { Output } from '../../api/types';
import { words } from '../../words/words';
import styles from './around.module.css';
import { anglesOf, bandOf } from './band';

Cache.enabled = false; // the browser keeps the pictures

type Fault = 'noWebGl' | 'notLoaded';

/** Show a picture around the eye in an element. Returns a function that takes it out and frees the graphics memory. */
function mount(container: HTMLElement, output: Output, onFault: (fault: Fault) => void): () => void {
  const { narrowest, widest, first } = anglesOf(output);
  const viewer = new Viewer({
    container,
    adapter: EquirectangularAdapter.withConfig({ useXmpData: false }),
    panorama: { path: addressOf(output.url), data: bandOf(output) },
    minFov: narrowest,
    maxFov: widest,
    defaultZoomLvl: (100 * (widest - first)) / (widest - narrowest),
    canvasBackground: 'transparent',
    navbar: ['zoom', 'move'],
    keyboard: 'always',
    lang: { ...words.around.viewer },
  });
  viewer.addEventListener('panorama-error', () => onFault('notLoaded'));
  const canvas = container.querySelector('canvas');
  return () => {
    viewer.destroy();
    canvas?.getContext('webgl2')?.getExtension('WEBGL_lose_context')?.loseContext();
  };
}

/** A picture that goes around, seen from its middle. It turns by a drag, by arrow keys and by its buttons. */
export default function AroundView({ output }: { output: Output }) {
  const container = useRef<HTMLDivElement>(null);
  const [fault, setFault] = useState<Fault | null>(null);
  useEffect(() => {
    if (!container.current) return;
    try {
      return mount(container.current, output, setFault);
    } catch {
      setFault('noWebGl');
    }
  }, [output]);
  if (fault) {
    return (
      <p className={styles.fault} role="alert" data-testid="around-fault">
        {words.around[fault]}
      </p>
    );
  }
  return (
    <>
      <div ref={container} className={styles.around} data-testid="around" />
      <p className={styles.hint}>{words.around.hint}</p>
    </>
  );
}
