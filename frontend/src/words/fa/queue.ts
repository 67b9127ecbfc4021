import type { Words } from '../words';
import { apart } from './bidi';

export const queue: Words['queue'] = {
  everyone: 'نمایش کارهای همه',
  nobodys: 'هیچ‌کس کاری در انتظار یا در حال اجرا ندارد.',
  pauseMine: 'مکث کارهای من',
  resumeMine: 'ادامهٔ کارهای من',
  pauseMineTitle: 'هیچ‌یک از کارهای در انتظار من آغاز نشود؛ آنچه در حال اجراست ادامه می‌یابد',
  pauseAll: 'مکث صف',
  resumeAll: 'ادامهٔ صف',
  pauseAllTitle: 'هیچ کار در انتظاری از هیچ‌کس آغاز نشود؛ آنچه در حال اجراست ادامه می‌یابد',
  minePaused: 'کارهای شما در مکث‌اند. هیچ‌یک از کارهای در انتظار شما آغاز نمی‌شود؛ آنچه در حال اجراست ادامه می‌یابد.',
  allPaused: 'صف برای همه در مکث است. هیچ کار در انتظاری آغاز نمی‌شود؛ آنچه در حال اجراست ادامه می‌یابد.',
  pause: (job) => `مکث: ${apart(job)}`,
  resume: (job) => `ادامه: ${apart(job)}`,
  paused: { job: 'در مکث', owner: 'در مکث با همهٔ کارهای شما', queue: 'در مکث با همهٔ صف' },
  pausedByOwner: 'در مکث با همهٔ کارهای این مالک',
  background: 'هنگامی اجرا می‌شود که کار دیگری نباشد',
  first: 'اول',
  firstTitle: 'اجرا پیش از کارهای دیگر من که در انتظارند',
  move: (job) => `جابه‌جایی در صف: ${apart(job)}`,
  sortable: 'در صف جابه‌جا می‌شود',
  howToSort: 'Space کار را برمی‌دارد، جهت‌نماها آن را جابه‌جا می‌کنند، Space آن را می‌گذارد، Escape آن را برمی‌گرداند.',
  lifted: (job) => `برداشته شد: ${apart(job)}`,
  over: (job, place, count) => `${apart(job)}: جای ${place} از ${count}`,
  dropped: (job, place) => `در جای ${place} گذاشته شد: ${apart(job)}`,
  putBack: (job) => `برگردانده شد: ${apart(job)}`,
};
