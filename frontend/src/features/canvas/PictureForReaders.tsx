import { usePicture } from '../../api/queries';
import type { JobResource } from '../../api/types';
import { useObjectUrl } from '../../ui/useObjectUrl';
import { words } from '../../words/words';
import { useOutput } from '../jobs/useJob';
import { titleOf } from '../jobs/words';
import type { Painting } from './usePainting';

/** The picture on the canvas, described for screen readers. */
export function PictureForReaders({ job, painting }: { job: JobResource; painting: Painting }) {
  const output = useOutput(job);
  const url = useObjectUrl(usePicture(output?.url).data);
  return (
    <div className="visually-hidden">
      {painting.previews > 0 && (
        <span data-testid="preview" data-previews={painting.previews} data-step={painting.step}>
          {words.canvas.previewAfter(painting.step)}
        </span>
      )}
      {painting.view && (
        <span data-testid="view" data-view={painting.view.name} data-step={painting.view.step}>
          {words.canvas.viewAfter(painting.view.name, painting.view.step)}
        </span>
      )}
      {painting.finished && url && (
        <img
          src={url}
          alt={words.canvas.finished(titleOf(job.spec))}
          data-testid="result"
          data-job={job.id}
          data-name={output?.name}
        />
      )}
    </div>
  );
}
