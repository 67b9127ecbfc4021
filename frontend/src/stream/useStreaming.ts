import { useEffect, useMemo, useRef } from 'react';
import { api, body } from '../api/client';
import { isActive, queries, refreshAfterAbsence, refreshJobs, useGraph, useJobs } from '../api/queries';
import { addressOf } from '../api/server';
import { useSignIn } from '../api/signIn';
import type { Event } from '../api/types';
import { showJob, useSession } from '../session';
import { announce } from '../ui/announce';
import { words } from '../words/words';
import { remember } from './memory';
import { Pace } from './pace';
import { Stream } from './socket';
import { gapClosed, takeEvents, takePreview, useStream } from './store';

const MOST_FOLLOWED = 64;
const CHANGES_LISTS = new Set<Event['type']>([
  'job_queued',
  'job_started',
  'job_succeeded',
  'job_failed',
  'job_cancelled',
]);

const streamUrl = () => addressOf('/api/stream').replace(/^http/, 'ws');

const pace = new Pace({ takeEvents, takePreview });

function takeEvent(event: Event): void {
  const known = useStream.getState().jobs[event.job_id]?.seq ?? 0;
  const changesLists = CHANGES_LISTS.has(event.type);
  pace.event(event, !changesLists);
  if (event.seq > known && changesLists) {
    const { job, step } = useSession.getState();
    const endings: Partial<Record<Event['type'], string>> = words.dock.endings;
    const ending = endings[event.type];
    if (ending && job === event.job_id) {
      if (step === null) showJob(event.job_id);
      announce(ending);
    }
    refreshJobs();
    queries.invalidateQueries({ queryKey: ['queue'] });
  }
}

/** Fetch events once that were lost or never followed. Events that the server no longer has stay missing, without harm. */
async function fetchEvents(id: string, after: number): Promise<void> {
  const answer = await api
    .GET('/api/jobs/{id}/events', { params: { path: { id }, query: { after } } })
    .catch(() => null);
  if (answer) takeEvents(body(answer).items);
  gapClosed(id);
}

/** Keep the tab's only socket open, and follow every unfinished job on it. */
export function useStreaming(): void {
  const stream = useRef<Stream | null>(null);
  const signIns = useSignIn((now) => now.times);
  const connected = useStream((now) => now.connected);
  const show = useSession((now) => now.show);
  const alsoShown = useSession((now) => now.alsoShown);
  const job = useSession((now) => now.job);
  const jobs = useJobs().data;
  const active = useMemo(
    () =>
      (jobs ?? [])
        .filter(isActive)
        .slice(0, MOST_FOLLOWED)
        .map((one) => one.id),
    [jobs],
  );
  const followed = active.join(' ');
  const shown = jobs?.find(({ id }) => id === job);
  const main = useGraph(shown).data?.outputs[0]?.node;
  const past = shown && !isActive(shown) ? shown.id : null;

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new sign-in opens a new stream
  useEffect(() => {
    const opened = new Stream(streamUrl(), {
      ticket: () => api.POST('/api/stream/ticket').then((answer) => body(answer).ticket),
      onEvent: takeEvent,
      onPreview: (frame) => {
        remember(frame);
        pace.preview(frame);
      },
      onConnected: (now) => {
        if (stream.current !== opened) return;
        useStream.setState({ connected: now });
        if (now) refreshAfterAbsence();
      },
    });
    stream.current = opened;
    return () => {
      opened.close();
      useStream.setState({ connected: false });
    };
  }, [signIns]);

  useEffect(() => {
    if (!connected) return;
    const known = useStream.getState().jobs;
    const ids = followed === '' ? [] : followed.split(' ');
    stream.current?.follow(Object.fromEntries(ids.map((id) => [id, known[id]?.seq ?? 0])));
    const node = show.node ?? main;
    if (job !== null && node !== undefined && ids.includes(job)) stream.current?.show(job, node, alsoShown, show.what);
  }, [connected, followed, job, show, alsoShown, main]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: what failed is asked for again after a reconnection
  useEffect(() => {
    if (past !== null && !useStream.getState().jobs[past]) fetchEvents(past, 0);
  }, [connected, past]);

  useEffect(
    () =>
      useStream.subscribe(({ jobs: now }, { jobs: before }) => {
        for (const [id, one] of Object.entries(now)) {
          if (one.gapAfter !== null && before[id]?.gapAfter == null) fetchEvents(id, one.gapAfter);
        }
      }),
    [],
  );
}
