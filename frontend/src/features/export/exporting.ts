import { create } from 'zustand';
import { ApiProblem } from '../../api/problem';
import type { Series } from '../../stream/series';
import { save } from '../../ui/save';
import { toast } from '../../ui/toasts';
import { words } from '../../words/words';
import type { Film, Watched } from './film';
import { canRecord, type Format, NoEncoder } from './formats';

interface Exporting {
  format: Format;
  done: number;
  of: number;
  cancel: () => void;
}

/** The export that is going on. */
export const useExporting = create<{ now: Exporting | null }>(() => ({ now: null }));

let shown: (() => Series | null) | null = null;

/** Tell the commands which frames the scrubber shows. */
export function setExportable(series: (() => Series | null) | null): void {
  shown = series;
}

export const canExport = (): boolean => (shown?.()?.steps.length ?? 0) > 0 && useExporting.getState().now === null;

const ENCODERS: Readonly<Record<Format, () => Promise<(film: Film, watched: Watched) => Promise<Blob>>>> = {
  gif: () => import('./gif').then(({ encodeGif }) => encodeGif),
  mp4: () => import('./mp4').then(({ encodeMp4 }) => encodeMp4),
  webm: () => import('./webm').then(({ encodeWebm }) => encodeWebm),
};

/** The name of the file: the job, the node and what is shown of it. */
const fileOf = ({ job, name, what }: Pick<Series, 'job' | 'name' | 'what'>, format: Format): string =>
  `inlay-${job.slice(0, 8)}-${name}-${what}-steps.${format}`;

function explain(error: unknown): void {
  if (error instanceof NoEncoder) {
    const other = canRecord() ? 'webm' : 'gif';
    const label = other === 'webm' ? words.dock.useWebm : words.dock.useGif;
    toast(words.dock.noEncoder, { label, run: () => exportShown(other) });
  } else toast(error instanceof ApiProblem ? error.message : words.dock.exportFailed);
}

/** Save the steps of what the scrubber shows as a file. */
export async function exportShown(format: Format): Promise<void> {
  const series = shown?.();
  if (useExporting.getState().now !== null) return;
  if (!series || series.steps.length === 0) return toast(words.dock.nothingToExport);
  const stop = new AbortController();
  const report = (done: number) =>
    useExporting.setState({ now: { format, done, of: series.steps.length, cancel: () => stop.abort() } });
  report(0);
  try {
    const [{ filmOf }, encode] = await Promise.all([import('./film'), ENCODERS[format]()]);
    const film = await filmOf(series);
    const made = await encode(film, { progress: report, signal: stop.signal });
    save(made, fileOf(series, format));
    toast(words.dock.exported(fileOf(series, format)));
  } catch (error) {
    if (!stop.signal.aborted) explain(error);
  } finally {
    useExporting.setState({ now: null });
  }
}
