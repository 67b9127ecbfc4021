import { useEffect, useRef } from 'react';
import { usePicture } from '../../api/queries';
import type { JobResource } from '../../api/types';
import { MAIN_VIEW, useStream } from '../../stream/store';
import { useObjectUrl } from '../canvas/PictureForReaders';
import { useLive } from '../jobs/useJob';

/** A job in small: its picture, or what can be seen of it so far. */
export function Thumbnail({ job }: { job: JobResource }) {
  const { outputs } = useLive(job);
  const url = useObjectUrl(usePicture(outputs[0]?.url).data);
  const preview = useStream((now) => now.previews[job.id]?.[MAIN_VIEW]?.picture);
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (preview) canvas.current?.getContext('2d')?.drawImage(preview, 0, 0);
  }, [preview]);
  if (url) return <img src={url} alt="" />;
  return preview ? <canvas ref={canvas} width={preview.width} height={preview.height} /> : null;
}
