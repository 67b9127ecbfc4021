import { Component, type ReactNode, Suspense } from 'react';
import { words } from '../words/words';
import { Button } from './Button';
import styles from './controls.module.css';

interface LaterProps {
  /** Shown while the part is loaded. */
  waiting?: ReactNode;
  children: ReactNode;
}

/** The errors of Vite's loader, for example about a style sheet of a part. They have no class of their own. */
const ofLoader = new WeakSet<Error>();
window.addEventListener('vite:preloadError', ({ payload }) => void ofLoader.add(payload));

const isLoadError = (error: unknown): boolean =>
  error instanceof Error &&
  (ofLoader.has(error) || (error instanceof TypeError && /import|module|fetch/i.test(error.message)));

/** A part of the studio whose code is loaded when it is needed. If that fails, the part says so, and the rest of the
 * studio goes on. Other errors go to the boundary around the studio. */
export class Later extends Component<LaterProps, { error: unknown }> {
  override state: { error: unknown } = { error: null };

  static getDerivedStateFromError = (error: unknown) => ({ error });

  override render() {
    const { error } = this.state;
    if (error !== null && !isLoadError(error)) throw error;
    if (error !== null) {
      return (
        <div className={styles.notLoaded} role="alert">
          <p>{words.shell.notLoaded}</p>
          <Button onClick={() => window.location.reload()}>{words.shell.reload}</Button>
        </div>
      );
    }
    return <Suspense fallback={this.props.waiting ?? <Waiting />}>{this.props.children}</Suspense>;
  }
}

const Waiting = () => (
  <p className={styles.waiting} role="status">
    {words.shell.loading}
  </p>
);
