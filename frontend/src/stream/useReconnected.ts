import { useEffect, useRef } from 'react';
import { useStream } from './store';

/** Calls `then` when the server may be reached again: the stream has reconnected, or the browser is online again. */
export function useReconnected(then: () => void) {
  const latest = useRef(then);
  latest.current = then;
  const connected = useStream((now) => now.connected);
  useEffect(() => {
    if (connected) latest.current();
  }, [connected]);
  useEffect(() => {
    const online = () => latest.current();
    window.addEventListener('online', online);
    return () => window.removeEventListener('online', online);
  }, []);
}
