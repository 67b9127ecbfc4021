import createClient, { type Middleware } from 'openapi-fetch';
import { PATIENCE_WITH_UPLOADS, patientFetch } from './patience';
import { ApiProblem, readProblem, unreachable } from './problem';
import type { operations, paths } from './schema';
import { addressOf, SERVER } from './server';
import { noteRefusal, ownHeaders } from './signIn';
import type { Upload } from './types';

const guard: Middleware = {
  onRequest({ request }) {
    for (const [name, value] of Object.entries(ownHeaders())) request.headers.set(name, value);
    return request;
  },
  async onResponse({ request, response }) {
    if (response.ok) return;
    if (response.status === 401) noteRefusal(request);
    const body = await response.json().catch(() => null);
    throw body === null && response.status >= 502 ? unreachable() : readProblem(response.status, body);
  },
  onError({ error }) {
    return error instanceof ApiProblem ? error : unreachable();
  },
};

/** The API's client, typed from the OpenAPI document. It throws every failure as an `ApiProblem`. */
export const api = createClient<paths>({ baseUrl: SERVER, fetch: (request) => patientFetch(request) });
api.use(guard);

/** The body of an answer. The client has already thrown failures. */
export function body<T>({ data }: { data?: T | undefined }): T {
  return data as T;
}

/** The content of an answer that the OpenAPI document does not describe as JSON. Throws failures. */
async function taken(asked: Promise<Response>): Promise<Response> {
  const response = await asked.catch((error) => {
    throw error instanceof ApiProblem ? error : unreachable();
  });
  if (!response.ok) throw readProblem(response.status, await response.json().catch(() => null));
  return response;
}

/** Fetch the bytes of a picture from the API. */
export async function fetchBlob(url: string): Promise<Blob> {
  return (await taken(patientFetch(new Request(addressOf(url), { headers: ownHeaders() })))).blob();
}

/** Upload a picture: its grey values as a mask, or its colours. */
export async function upload(picture: Blob, kind: 'mask' | 'picture'): Promise<Upload> {
  const headers = { ...ownHeaders(), 'Content-Type': picture.type };
  const request = new Request(addressOf(`/api/uploads?kind=${kind}`), { method: 'POST', headers, body: picture });
  const answer = await taken(patientFetch(request, PATIENCE_WITH_UPLOADS));
  return (await answer.json()) as Upload;
}

export const uploadUrl = (id: string): string => `/api/uploads/${id}`;

/** The formats of layers that the server exports. */
export type LayersFormat = NonNullable<NonNullable<operations['getJobLayers']['parameters']['query']>['format']>;

/** Fetch the layers of one image of a job as a file. */
export async function fetchLayers(job: string, image: number, format: LayersFormat): Promise<Blob> {
  const url = addressOf(`/api/jobs/${job}/layers?format=${format}&image=${image}`);
  const request = new Request(url, { headers: ownHeaders() });
  return (await taken(patientFetch(request, PATIENCE_WITH_UPLOADS))).blob();
}

/** Fetch the pictures and documents of several jobs as a ZIP. */
export async function fetchArchive(ids: readonly string[]): Promise<Blob> {
  const headers = { ...ownHeaders(), 'Content-Type': 'application/json' };
  const request = new Request(addressOf('/api/archive'), { method: 'POST', headers, body: JSON.stringify({ ids }) });
  return (await taken(patientFetch(request, PATIENCE_WITH_UPLOADS))).blob();
}
