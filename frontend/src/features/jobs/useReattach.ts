import { useEffect, useRef } from 'react';
import { isActive, useJobAnswer, useJobs, useWho } from '../../api/queries';
import type { JobResource } from '../../api/types';
import { isNewTab, showJob, useSession } from '../../session';
import { isOfThisBrowser } from './ownJobs';

/** True if the job is the visitor's. A server that knows the visitor lists only their jobs. A server without keys lists
 * everybody's, so there only the browser knows which ones it has sent. */
const isOwn = ({ id }: JobResource, known: boolean): boolean => known || isOfThisBrowser(id);

/** The visitor's job that runs or runs next, or else the newest picture, unless the tab's address names a layout. The
 * newest job is the first of `jobs`. */
function latestOf(jobs: readonly JobResource[], known: boolean): JobResource | undefined {
  const own = jobs.filter((job) => isOwn(job, known));
  const active = own.findLast(isActive);
  if (active || !isNewTab || new URLSearchParams(window.location.search).has('layout')) return active;
  return own.find(({ state }) => state === 'succeeded');
}

/** Show the visitor's run in a tab that shows none, whichever tab or device has sent it. A new tab also shows the newest
 * picture. A tab whose visitor went back to the draft keeps the draft. */
export function useReattach(): void {
  const jobs = useJobs().data;
  const who = useWho().data;
  const held = useJobAnswer(useSession((now) => now.job)).job;
  const done = useRef(false);
  useEffect(() => {
    if (!jobs || !who || held === undefined || done.current) return;
    done.current = true;
    const latest = held ? undefined : latestOf(jobs, who.means !== 'none');
    if (latest) showJob(latest.id);
  }, [jobs, who, held]);
}
