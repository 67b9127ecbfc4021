import { create } from 'zustand';
import { Stopped, unanswered } from './problem';

/** Milliseconds. `notice`: without an answer for so long, the visitor is told. `end`: then the request is given up. */
interface Patience {
  notice: number;
  end: number;
}

const PATIENCE: Patience = { notice: 10_000, end: 120_000 };
/** A large picture takes its time on a slow line. */
export const PATIENCE_WITH_UPLOADS: Patience = { notice: 60_000, end: 900_000 };

/** A request that has gone without an answer for so long that it is worth saying. */
interface Slow {
  /** When it was sent, in milliseconds as `Date.now` counts them. */
  since: number;
  /** Send it once more, in place of the one that is on its way. */
  sendAgain: () => void;
  stop: () => void;
}

export const useSlow = create<{ slow: readonly Slow[] }>(() => ({ slow: [] }));

const remove = (one: Slow) => useSlow.setState(({ slow }) => ({ slow: slow.filter((other) => other !== one) }));

type Ending = 'again' | 'stopped' | 'late';

/** The answer with all of its body; null where the visitor asked for the request to be sent once more. */
async function attempt(request: Request, { notice, end }: Patience): Promise<Response | null> {
  const controller = new AbortController();
  const finish = (ending: Ending) => controller.abort(ending);
  const slow: Slow = { since: Date.now(), sendAgain: () => finish('again'), stop: () => finish('stopped') };
  const noticed = setTimeout(() => useSlow.setState((now) => ({ slow: [...now.slow, slow] })), notice);
  const late = setTimeout(() => finish('late'), end);
  try {
    const signal = AbortSignal.any([request.signal, controller.signal]);
    const answer = await fetch(request.clone(), { signal });
    const { status, statusText, headers } = answer;
    const bytes = await answer.blob();
    return new Response(bytes.size > 0 ? bytes : null, { status, statusText, headers });
  } catch (error) {
    if (!controller.signal.aborted) throw error;
    if (controller.signal.reason === 'again') return null;
    throw controller.signal.reason === 'late' ? unanswered(end) : new Stopped();
  } finally {
    clearTimeout(noticed);
    clearTimeout(late);
    remove(slow);
  }
}

/** `fetch`, which says while it waits that it waits, and does not wait for ever. Rejects with an `ApiProblem` where it was
 * ended, and as `fetch` does where the server cannot be reached. */
export async function patientFetch(request: Request, patience: Patience = PATIENCE): Promise<Response> {
  for (;;) {
    const answer = await attempt(request, patience);
    if (answer) return answer;
  }
}
