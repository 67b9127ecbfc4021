import { Component, type ReactNode } from 'react';
import { Button } from '../../ui/Button';
import { words } from '../../words/words';
import { downloadCurrentDraft, resetStudio } from './recovery';
import styles from './stopped.module.css';

interface Fallback {
  error: unknown;
  onReset: () => void;
}

function Stopped({ error, onReset }: Fallback) {
  return (
    <main className={styles.stopped} role="alert" data-testid="stopped">
      <h1 className={styles.stoppedTitle}>{words.shell.stopped}</h1>
      <p>{words.shell.stoppedSays}</p>
      <p className={styles.stoppedSays}>{error instanceof Error ? error.message : String(error)}</p>
      <div className={styles.stoppedActions}>
        <Button look="primary" data-testid="reload" onClick={() => window.location.reload()}>
          {words.shell.reload}
        </Button>
        <Button data-testid="reset-draft" onClick={onReset}>
          {words.shell.resetDraft}
        </Button>
        <Button data-testid="download-draft" onClick={downloadCurrentDraft}>
          {words.shell.downloadDraft}
        </Button>
      </div>
    </main>
  );
}

/** Replaces the studio after an error during rendering, so that the page is never blank. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { caught: { error: unknown } | null }> {
  override state: { caught: { error: unknown } | null } = { caught: null };

  static getDerivedStateFromError = (error: unknown) => ({ caught: { error } });

  private readonly reset = () => {
    resetStudio();
    this.setState({ caught: null });
  };

  override render() {
    const { caught } = this.state;
    return caught ? <Stopped error={caught.error} onReset={this.reset} /> : this.props.children;
  }
}
