// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { patientFetch, useSlow } from './patience';
import { Stopped } from './problem';

/** A server that answers only the `answers`-th request. */
function silent(answers = Number.POSITIVE_INFINITY) {
  const asked: Request[] = [];
  vi.stubGlobal('fetch', (request: Request, { signal }: RequestInit) => {
    asked.push(request);
    if (asked.length >= answers) return Promise.resolve(new Response('{"made": 1}', { status: 201 }));
    return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
  });
  return asked;
}

const request = (init: RequestInit = {}) => new Request('http://studio/api/jobs', init);
const slow = () => useSlow.getState().slow;

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.unstubAllGlobals());

describe('a request without an answer', () => {
  it.each([
    ['/api/layouts', 'POST', false],
    ['/api/keys/k1/rotate', 'POST', false],
    ['/api/jobs/j1/links', 'POST', false],
    ['/api/layouts/l1', 'PATCH', true],
    ['/api/compile', 'POST', true],
    ['/api/keys', 'GET', true],
  ])('can be sent again only where a second one makes nothing twice: %s by %s', async (path, method, again) => {
    silent(2);
    const stopped = patientFetch(new Request(`http://localhost${path}`, { method })).catch(() => null);
    await vi.advanceTimersByTimeAsync(10_100);
    expect(slow()).toHaveLength(1);
    expect(slow()[0]?.sendAgain !== null).toBe(again);
    slow()[0]?.stop();
    await stopped;
  });

  it('is reported after ten seconds, and can be sent again with the same key and body', async () => {
    const asked = silent(2);
    const job = { method: 'POST', body: '{"layout": 1}', headers: { 'Idempotency-Key': 'once' } };
    const answer = patientFetch(request(job));
    await vi.advanceTimersByTimeAsync(9_900);
    expect(slow()).toEqual([]);
    await vi.advanceTimersByTimeAsync(200);
    expect(slow()).toHaveLength(1);
    slow()[0]?.sendAgain?.();
    expect(await (await answer).json()).toEqual({ made: 1 });
    expect(slow()).toEqual([]);
    const sent = await Promise.all(asked.map(async (one) => [await one.text(), one.headers.get('Idempotency-Key')]));
    expect(sent).toEqual([
      ['{"layout": 1}', 'once'],
      ['{"layout": 1}', 'once'],
    ]);
  });

  it('ends on request, and by itself after two minutes, each with a sentence', async () => {
    silent();
    const ended = expect(patientFetch(request())).rejects.toThrow(Stopped);
    await vi.advanceTimersByTimeAsync(10_100);
    slow()[0]?.stop();
    await ended;
    const late = expect(patientFetch(request())).rejects.toThrow('has not answered for 2 minutes');
    await vi.advanceTimersByTimeAsync(121_000);
    await late;
    expect(slow()).toEqual([]);
  });

  it('can be ended by its caller', async () => {
    silent();
    const controller = new AbortController();
    const ended = expect(patientFetch(request({ signal: controller.signal }))).rejects.toThrow('not needed');
    controller.abort(new Error('not needed'));
    await ended;
  });
});
