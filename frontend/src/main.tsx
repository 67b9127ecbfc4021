import './ui/tokens.css';
import { DirectionProvider } from '@base-ui/react/direction-provider';
import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './App';
import { queries } from './api/queries';
import { ErrorBoundary } from './features/shell/ErrorBoundary';
import { LANGUAGES, startLanguage, useLanguage } from './words/language';

/** The studio in the visitor's language. Another language builds the screen anew; the document and the tab's state are
 * no part of the screen, and stay. */
function Studio() {
  const language = useLanguage((now) => now.language);
  return (
    <DirectionProvider direction={LANGUAGES[language].dir}>
      <App key={language} />
    </DirectionProvider>
  );
}

await startLanguage();
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
