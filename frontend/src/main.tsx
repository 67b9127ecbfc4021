import './ui/tokens.css';
import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './App';
import { queries } from './api/queries';
import { ErrorBoundary } from './features/shell/ErrorBoundary';

// Errors that the boundary catches are still reported as errors of the page.
createRoot(document.getElementById('root') as HTMLElement, { onCaughtError: reportError }).render(
  <StrictMode>
    <ErrorBoundary>
      <QueryClientProvider client={queries}>
        <App />
      </QueryClientProvider>
    </ErrorBoundary>
  </StrictMode>,
);
