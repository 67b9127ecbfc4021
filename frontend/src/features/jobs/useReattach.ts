import { useEffect, useRef } from 'react';
import { isActive, useJobs } from '../../api/queries';
import { showJob, useSession } from '../../session';
import { isOfThisBrowser } from './ownJobs';

/** In a new tab, show the job of this browser that runs, unless the tab has a picture of its own. Jobs of others, who
 * share a server without keys, are in the queue only. */
export function useReattach(): void {
  const jobs = useJobs().data;
  const done = useRef(false);
  useEffect(() => {
    if (!jobs || done.current) return;
    done.current = true;
    const held = useSession.getState().job;
    const running = jobs.findLast((job) => isActive(job) && isOfThisBrowser(job.id));
    if (running && !jobs.some((job) => job.id === held)) showJob(running.id);
  }, [jobs]);
}
