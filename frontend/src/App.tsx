import { useEffect } from 'react';
import { useSignIn } from './api/signIn';
import { GenerateProvider, useFittedLayouts } from './features/jobs/useGenerate';
import { useReattach } from './features/jobs/useReattach';
import { useSharedCopy } from './features/sharing/copying';
import { Dock } from './features/shell/Dock';
import { Header } from './features/shell/Header';
import { Inspector } from './features/shell/Inspector';
import { KeyDialog } from './features/shell/KeyDialog';
import { MainView } from './features/shell/MainView';
import { Messages } from './features/shell/Messages';
import { Sheets } from './features/shell/Sheets';
import styles from './features/shell/shell.module.css';
import { toCanvas } from './features/shell/shellActions';
import { followSignOut } from './features/shell/signOut';
import { ToolRail } from './features/shell/ToolRail';
import { useDrop, usePaste } from './features/shell/useDrop';
import { useOwnUndo } from './features/shell/useOwnUndo';
import { useShortcuts } from './features/shell/useShortcuts';
import { useStreaming } from './stream/useStreaming';
import { Announcer } from './ui/announce';
import { Button } from './ui/Button';
import { useThemeOnDocument } from './ui/theme';
import { Toasts } from './ui/toasts';
import { words } from './words/words';

/** Open the saved layout that the page's address names. */
function useLinkedLayout(): void {
  const signIns = useSignIn((now) => now.times);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a sign-in is a reason to ask again
  useEffect(() => {
    const linked = new URLSearchParams(window.location.search).get('layout');
    if (linked) import('./features/gallery/layouts').then(({ openLinked }) => openLinked(linked));
  }, [signIns]);
}

/** Leave the studio as soon as the visitor signs out in another tab. */
function useSignOutElsewhere(): void {
  useEffect(() => {
    window.addEventListener('storage', followSignOut);
    return () => window.removeEventListener('storage', followSignOut);
  }, []);
}

function Studio() {
  const dropping = useDrop();
  usePaste();
  useStreaming();
  useReattach();
  useLinkedLayout();
  useSharedCopy();
  useFittedLayouts();
  useSignOutElsewhere();
  useThemeOnDocument();
  useShortcuts();
  useOwnUndo();
  return (
    <div className={styles.app}>
      <Button className={styles.skip} data-testid="to-canvas" onClick={toCanvas}>
        {words.shell.toCanvas}
      </Button>
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
