import { useRef } from 'react';

/** Returns the newest error of a question to the server. The error stays while the studio asks again, so that a visitor
 * can read it and press the button beside it. It goes once the question is `answered`, or once `question`, its key, is
 * another one. */
export function useStanding(error: Error | null, answered: boolean, question = ''): Error | null {
  const last = useRef({ question, error });
  if (answered || last.current.question !== question) last.current = { question, error: null };
  if (error) last.current = { question, error };
  return last.current.error;
}
