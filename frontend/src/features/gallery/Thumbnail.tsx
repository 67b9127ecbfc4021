import { useEffect, useRef, useState } from 'react';
import { isActive } from '../../api/queries';
import { addressOf } from '../../api/server';
import type { JobResource, Output } from '../../api/types';
import { useStream, viewOf } from '../../stream/store';
import { Icon } from '../../ui/icons';
import { useNodes } from '../diagnostics/useNodes';
import { useLive } from '../jobs/useJob';

interface ThumbnailProps {
  output: Output;
  /** Pixels of the longer side, as the server offers them. */
  size?: 256 | 512;
}

/** A thumbnail of a finished picture. */
export function Thumbnail({ output, size = 256 }: ThumbnailProps) {
  const url = addressOf(`${output.url}?size=${size}`);
  const [broken, setBroken] = useState<string>();
  if (broken === url) return <Icon name="picture" size={24} />;
  return <img src={url} alt="" decoding="async" draggable={false} onError={() => setBroken(url)} />;
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
