import { Component, type ReactNode } from 'react';
import { Button } from '../../ui/Button';
import { downloadCurrentDraft, resetStudio } from './recovery';
import styles from './shell.module.css';

interface Fallback {
  error: unknown;
  onReset: () => void;
}

function Stopped({ error, onReset }: Fallback) {
  return (
    <main className={styles.stopped} role="alert" data-testid="stopped">
      <h1 className={styles.stoppedTitle}>The studio stopped because of an internal error.</h1>
      <p>
        Your draft is kept in this browser. Reload the page first. If the error comes back, reset the draft: the studio
        then begins with an empty draft and keeps a copy of yours, which you can download or bring back.
      </p>
      <p className={styles.stoppedSays}>{error instanceof Error ? error.message : String(error)}</p>
      <div className={styles.stoppedActions}>
        <Button look="primary" data-testid="reload" onClick={() => window.location.reload()}>
          Reload the page
        </Button>
        <Button data-testid="reset-draft" onClick={onReset}>
          Reset the draft
        </Button>
        <Button data-testid="download-draft" onClick={downloadCurrentDraft}>
          Download the draft
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
