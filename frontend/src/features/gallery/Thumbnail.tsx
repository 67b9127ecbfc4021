import { useEffect, useRef, useState } from 'react';
import { useKey } from '../../api/key';
import { isActive, usePicture } from '../../api/queries';
import { addressOf } from '../../api/server';
import type { JobResource, Output } from '../../api/types';
import { useStream, viewOf } from '../../stream/store';
import { Icon } from '../../ui/icons';
import { useObjectUrl } from '../../ui/useObjectUrl';
import { useNodes } from '../diagnostics/useNodes';
import { useLive } from '../jobs/useJob';

interface ThumbnailProps {
  output: Output;
  /** Pixels of the longer side, as the server offers them. */
  size?: 256 | 512;
}

/** The address of a thumbnail. Only with a key is it fetched by the studio, because an image element sends none. */
function useThumbnailUrl(url: string): string | undefined {
  const keyed = useKey((now) => now.key !== null);
  const fetched = useObjectUrl(usePicture(keyed ? url : undefined).data);
  return keyed ? fetched : addressOf(url);
}

/** A thumbnail of a finished picture. */
export function Thumbnail({ output, size = 256 }: ThumbnailProps) {
  const url = useThumbnailUrl(`${output.url}?size=${size}`);
  const [broken, setBroken] = useState<string>();
  if (url === undefined) return null;
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
