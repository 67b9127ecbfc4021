import { create } from 'zustand';
import { Stopped, unanswered } from './problem';

/** Milliseconds without an answer. After `notice` the visitor is told; after `end` the request is given up. */
interface Patience {
  notice: number;
  end: number;
}

const PATIENCE: Patience = { notice: 10_000, end: 120_000 };
/** Longer times for uploads, because a large picture takes minutes on a slow connection. */
export const PATIENCE_WITH_UPLOADS: Patience = { notice: 60_000, end: 900_000 };

/** A request that has had no answer for `notice` milliseconds. */
interface Slow {
  /** The time when it was sent, as `Date.now` gives it. */
  since: number;
  /** End the request and send it again; null if the server might do it twice. */
  sendAgain: (() => void) | null;
  stop: () => void;
}

export const useSlow = create<{ slow: readonly Slow[] }>(() => ({ slow: [] }));

const remove = (one: Slow) => useSlow.setState(({ slow }) => ({ slow: slow.filter((other) => other !== one) }));

const MAKES = /\/(layouts|users|keys|links|webhooks|rotate)$/; // each request to them makes something new

/** True if a request does no more when it arrives twice. */
const mayRepeat = ({ method, url, headers }: Request): boolean =>
  method !== 'POST' || headers.has('Idempotency-Key') || !MAKES.test(new URL(url).pathname);

type Ending = 'again' | 'stopped' | 'late';

/** Fetch the answer with its whole body; null if the visitor asked to send the request again. */
async function attempt(request: Request, { notice, end }: Patience): Promise<Response | null> {
  const controller = new AbortController();
  const finish = (ending: Ending) => controller.abort(ending);
  const slow: Slow = {
    since: Date.now(),
    sendAgain: mayRepeat(request) ? () => finish('again') : null,
    stop: () => finish('stopped'),
  };
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

/** `fetch` with a notice while it waits, and with a time limit. Rejects with an `ApiProblem` if the request was ended,
 * and as `fetch` does if the server cannot be reached. */
export async function patientFetch(request: Request, patience: Patience = PATIENCE): Promise<Response> {
  for (;;) {
    const answer = await attempt(request, patience);
    if (answer) return answer;
  }
}
