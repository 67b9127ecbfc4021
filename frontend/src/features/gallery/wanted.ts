import type { operations } from '../../api/schema';
import type { Kind } from '../../api/types';

type Query = NonNullable<operations['listJobs']['parameters']['query']>;

/** What the gallery shows. Empty texts leave nothing out. Days are those of the visitor's clock, as `2026-11-29`. */
export interface Wanted {
  words: string;
  show: 'all' | 'favourites' | 'trash';
  layout: Kind | '';
  model: string;
  tag: string;
  from: string;
  to: string;
}

export const EVERYTHING: Wanted = { words: '', show: 'all', layout: '', model: '', tag: '', from: '', to: '' };

/** The moment at which a day begins, or the day `later` days after it; undefined for no day. */
function midnight(day: string, later = 0): string | undefined {
  const [year, month, date] = day.split('-').map(Number);
  if (!year || !month || !date) return undefined;
  const moment = new Date(year, month - 1, date + later);
  return moment.toISOString();
}

/** The query by which the server finds what is wanted. Only jobs with pictures are asked for, except in the trash. */
export function queryOf({ words, show, layout, model, tag, from, to }: Wanted): Query {
  return {
    q: words.trim() || undefined,
    layout: layout || undefined,
    model: model || undefined,
    tag: tag || undefined,
    since: midnight(from),
    until: midnight(to, 1),
    favourite: show === 'favourites' ? true : undefined,
    ...(show === 'trash' ? { trash: true } : { state: 'succeeded' as const }),
  } as Query;
}
