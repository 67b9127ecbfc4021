import { words } from '../words/words';
export type Location = readonly (string | number)[];

/** An error, and the path to its field in the job document. */
export interface Fault {
  message: string;
  location: Location;
}

/** The error for an answer of the API that is not a success: RFC 9457 problem+json, or no answer at all (`status` 0). A
 * draft that cannot be sent yet also has one of status 0. */
export class ApiProblem extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail: string,
    readonly faults: readonly Fault[] = [],
  ) {
    super(detail || title);
  }
}

export const unreachable = () => new ApiProblem(0, words.api.noConnection, words.api.noConnectionSays);

/** The problem of a draft that is no job yet, for the reason that `says` gives. */
export const unready = (says: string) => new ApiProblem(0, words.api.notReady, says);

/** The problem of a server that was reached but gave no answer within `end` milliseconds. */
export const unanswered = (end: number) =>
  new ApiProblem(0, words.api.noAnswer, words.api.noAnswerSays(Math.round(end / 60_000)));

/** The error of a request that the visitor stopped. */
export class Stopped extends ApiProblem {
  constructor() {
    super(0, words.api.stopped, words.api.stoppedSays);
  }
}

const record = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Begin a text with a capital letter. */
const sentence = (said: string) => said.charAt(0).toUpperCase() + said.slice(1);

const isStep = (value: unknown): value is string | number => typeof value === 'string' || typeof value === 'number';

export function readProblem(status: number, body: unknown): ApiProblem {
  const problem = record(body);
  const errors = Array.isArray(problem.errors) ? problem.errors : [];
  const faults = errors.map(record).map(({ message, location }) => ({
    message: sentence(text(message)),
    location: Array.isArray(location) ? location.filter(isStep) : [],
  }));
  const title = text(problem.title) || words.api.status(status);
  return new ApiProblem(status, title, text(problem.detail), faults);
}

/** The error at `location` or anywhere below it. */
export function faultAt(faults: readonly Fault[], ...location: Location): string | undefined {
  return faults.find((fault) => location.every((step, index) => fault.location[index] === step))?.message;
}
