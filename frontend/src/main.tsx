import './ui/tokens.css';
import { DirectionProvider } from '@base-ui/react/direction-provider';
import { QueryClientProvider } from '@tanstack/react-query';
import { lazy, StrictMode, useSyncExternalStore } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './App';
import { queries } from './api/queries';
import { tokenOfPage } from './features/sharing/links';
import { ErrorBoundary } from './features/shell/ErrorBoundary';
import { Later } from './ui/Later';
import { LANGUAGES, startLanguage, useLanguage } from './words/language';

const SharedPage = lazy(() => import('./features/sharing/SharedPage'));

function useAddress(): Location {
  useSyncExternalStore(
    (changed) => {
      window.addEventListener('hashchange', changed);
      return () => window.removeEventListener('hashchange', changed);
    },
    () => window.location.hash,
  );
  return window.location;
}

/** The studio, or the page of a link, in the visitor's language. Another language builds the screen anew; the document and the tab's state are
 * no part of the screen, and stay. */
function Studio() {
  const language = useLanguage((now) => now.language);
  const token = tokenOfPage(useAddress());
  return (
    <DirectionProvider direction={LANGUAGES[language].dir}>
      {token === null ? (
        <App key={language} />
      ) : (
        <Later key={language}>
          <SharedPage key={token} token={token} />
        </Later>
      )}
    </DirectionProvider>
  );
}

function show(): void {
  // Errors that the boundary catches are still reported as errors of the page.
  createRoot(document.getElementById('root') as HTMLElement, { onCaughtError: reportError }).render(
    <StrictMode>
      <ErrorBoundary>
        <QueryClientProvider client={queries}>
          <Studio />
        </QueryClientProvider>
      </ErrorBoundary>
    </StrictMode>,
  );
}

// Not with `await` at the top: the built catalogue of another language imports this script, and each would wait for the other.
startLanguage().then(show);
