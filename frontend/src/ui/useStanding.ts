import { useRef } from 'react';

/** The newest error of a question to the server. It stays while the question is asked again, so that a visitor can read
 * it and press what stands beside it, until the question is `answered` or there is another one. `question`: its key. */
export function useStanding(error: Error | null, answered: boolean, question = ''): Error | null {
  const last = useRef({ question, error });
  if (answered || last.current.question !== question) last.current = { question, error: null };
  if (error) last.current = { question, error };
  return last.current.error;
}
