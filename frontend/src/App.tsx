import { useEffect, useRef } from 'react';
import { ApiProblem } from './api/problem';
import { isActive, useJobs, useModels } from './api/queries';
import { CanvasView } from './features/canvas/CanvasView';
import { Toolbar } from './features/canvas/Toolbar';
import { History } from './features/gallery/History';
import { LazyGraphView } from './features/graph/LazyGraphView';
import { BrushBar } from './features/guides/BrushBar';
import { GuidesPanel } from './features/guides/GuidesPanel';
import { GeneratePanel } from './features/jobs/GeneratePanel';
import { JobBar } from './features/jobs/JobBar';
import { GenerateProvider, useGenerate } from './features/jobs/useGenerate';
import { LayoutPanel } from './features/layout/LayoutPanel';
import { SamplingPanel } from './features/sampling/SamplingPanel';
import { AsideNotice, UnkeptNotice } from './features/shell/AsideNotice';
import { Header } from './features/shell/Header';
import { Help } from './features/shell/Help';
import { KeyDialog } from './features/shell/KeyDialog';
import styles from './features/shell/shell.module.css';
import { useDrop } from './features/shell/useDrop';
import { useShortcuts } from './features/shell/useShortcuts';
import { StartPanel } from './features/start/StartPanel';
import { showJob, useSession } from './session';
import { useStreaming } from './stream/useStreaming';
import { Announcer } from './ui/announce';
import { Button } from './ui/Button';
import { useThemeOnDocument } from './ui/theme';
import { Toasts } from './ui/toasts';

const NO_MODEL = 'This server offers no model. Put a model folder into its models folder, and reload.';

/** After a reload, show the running job on the canvas again, unless the visitor had closed it. */
function useReattach(): void {
  const jobs = useJobs().data;
  const done = useRef(false);
  useEffect(() => {
    if (!jobs || done.current) return;
    done.current = true;
    const held = useSession.getState().job;
    const running = jobs.findLast(isActive);
    if (running && !jobs.some((job) => job.id === held)) showJob(running.id);
  }, [jobs]);
}

function Studio() {
  const models = useModels();
  const { generate } = useGenerate();
  const view = useSession((now) => now.view);
  const asked = models.error instanceof ApiProblem && models.error.status === 401; // the dialog for the key says it
  const notice = asked ? null : (models.error?.message ?? (models.data?.length === 0 ? NO_MODEL : null));
  const dropping = useDrop();
  useStreaming();
  useReattach();
  useThemeOnDocument();
  useShortcuts(generate);
  return (
    <div className={styles.app}>
      <Header />
      <main className={styles.main}>
        <UnkeptNotice />
        <AsideNotice />
        <Toolbar />
        {notice && (
          <p className={styles.notice} role="alert">
            {notice}{' '}
            {models.isError && (
              <Button small onClick={() => models.refetch()}>
                Try again
              </Button>
            )}
          </p>
        )}
        <BrushBar />
        {view === 'graph' ? <LazyGraphView /> : <CanvasView />}
        <JobBar />
      </main>
      <aside className={styles.panel} aria-label="Layout and settings">
        <div className={styles.scroll}>
          <LayoutPanel />
          <GuidesPanel />
          <StartPanel />
          <SamplingPanel />
        </div>
        <div className={styles.footer}>
          <GeneratePanel />
        </div>
      </aside>
      <div className={styles.last}>
        <History />
      </div>
      <Help />
      <KeyDialog />
      <Announcer />
      <Toasts />
      {dropping && <div className={styles.drop}>Drop a job document, or a picture made here, to open it</div>}
    </div>
  );
}

export function App() {
  return (
    <GenerateProvider>
      <Studio />
    </GenerateProvider>
  );
}
