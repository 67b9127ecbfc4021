import { lazy } from 'react';
import { useSession } from '../../session';
import { Later } from '../../ui/Later';
import { BrushBar } from '../painting/BrushBar';
import { StagedBar } from '../start/StagedBar';
import { Drawer } from './Drawer';
import styles from './shell.module.css';

const canvas = import('../canvas/CanvasView'); // asked for at once; the window is drawn meanwhile
const GraphView = lazy(() => import('../graph/GraphView'));
const CompareView = lazy(() => import('../compare/CompareView'));
const Strip = lazy(() => import('../strip/Strip'));
const CanvasView = lazy(() => canvas.then(({ CanvasView }) => ({ default: CanvasView })));

/** What the visitor works on: the canvas, and the drawer over it. */
export function MainView() {
  const view = useSession((now) => now.view);
  return (
    <div className={styles.view}>
      {view === 'canvas' && (
        <>
          <BrushBar />
          <Later waiting={<div className={styles.blank} />}>
            <CanvasView />
          </Later>
          <Later waiting={false}>
            <Strip />
          </Later>
          <StagedBar />
        </>
      )}
      {view === 'graph' && (
        <Later>
          <GraphView />
        </Later>
      )}
      {view === 'compare' && (
        <Later>
          <CompareView />
        </Later>
      )}
      <Drawer />
    </div>
  );
}
