import { useEffect, useRef } from 'react';
import { isActive, usePicture } from '../../api/queries';
import type { JobResource, Output } from '../../api/types';
import { useStream, viewOf } from '../../stream/store';
import { useObjectUrl } from '../../ui/useObjectUrl';
import { useNodes } from '../diagnostics/useNodes';
import { useLive } from '../jobs/useJob';

/** A thumbnail of a finished picture. */
export function Thumbnail({ output }: { output: Output }) {
  const url = useObjectUrl(usePicture(output.url).data);
  return url && <img src={url} alt="" />;
}

/** The latest preview of a job that has no pictures yet. */
export function Progressing({ job }: { job: JobResource }) {
  const running = isActive(useLive(job));
  const main = useNodes(running ? job : undefined).main?.index ?? 0;
  const preview = useStream((now) => now.previews[job.id]?.[viewOf(main, 'x0')]?.picture);
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (preview) canvas.current?.getContext('2d')?.drawImage(preview, 0, 0);
  }, [preview]);
  return preview && <canvas ref={canvas} width={preview.width} height={preview.height} />;
}
