import { useEffect, useRef } from 'react';
import { isActive, useJobs } from './api/queries';
import { GenerateProvider } from './features/jobs/useGenerate';
import { Dock } from './features/shell/Dock';
import { Header } from './features/shell/Header';
import { Inspector } from './features/shell/Inspector';
import { KeyDialog } from './features/shell/KeyDialog';
import { MainView } from './features/shell/MainView';
import { Messages } from './features/shell/Messages';
import { Sheets } from './features/shell/Sheets';
import styles from './features/shell/shell.module.css';
import { ToolRail } from './features/shell/ToolRail';
import { useDrop } from './features/shell/useDrop';
import { useShortcuts } from './features/shell/useShortcuts';
import { showJob, useSession } from './session';
import { useStreaming } from './stream/useStreaming';
import { Announcer } from './ui/announce';
import { useThemeOnDocument } from './ui/theme';
import { Toasts } from './ui/toasts';
import { words } from './words/words';

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

/** Open the saved layout that the page's address names. */
function useLinkedLayout(): void {
  useEffect(() => {
    const linked = new URLSearchParams(window.location.search).get('layout');
    if (linked) import('./features/gallery/layouts').then(({ openLinked }) => openLinked(linked));
  }, []);
}

function Studio() {
  const dropping = useDrop();
  useStreaming();
  useReattach();
  useLinkedLayout();
  useThemeOnDocument();
  useShortcuts();
  return (
    <div className={styles.app}>
      <Header />
      <ToolRail />
      <main className={styles.main}>
        <Messages />
        <MainView />
        <Dock />
      </main>
      <Inspector />
      <Sheets />
      <KeyDialog />
      <Announcer />
      <Toasts />
      {dropping && <div className={styles.drop}>{words.shell.dropFile}</div>}
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
