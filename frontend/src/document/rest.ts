interface Rest {
  /** Milliseconds since the last request. */
  after: number;
  /** Milliseconds since the first request, however many follow it. */
  atMost: number;
}

/** Run an action once requests for it pause, or have gone on for long. `now` runs it at once if it is due. */
export function whenAtRest(action: () => void, { after, atMost }: Rest) {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let since: number | null = null;
  const run = () => {
    clearTimeout(timer);
    since = null;
    action();
  };
  return {
    later() {
      const now = Date.now();
      since ??= now;
      clearTimeout(timer);
      timer = setTimeout(run, Math.max(0, Math.min(after, since + atMost - now)));
    },
    now() {
      if (since !== null) run();
    },
  };
}
