import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { api, body } from '../../api/client';
import { ApiProblem } from '../../api/problem';
import { queries } from '../../api/queries';
import type { Key } from '../../api/types';
import { toast } from '../../ui/toasts';
import { words } from '../../words/words';

const ADMIN = ['admin'];
const PAGE = 50; // entries

export const useUsers = () =>
  useQuery({
    queryKey: [...ADMIN, 'users'],
    queryFn: () => api.GET('/api/users').then(body),
    select: ({ items }) => items,
  });

export const useKeys = () =>
  useQuery({
    queryKey: [...ADMIN, 'keys'],
    queryFn: () => api.GET('/api/keys').then(body),
    select: ({ items }) => items,
  });

/** What the audit log is searched for. An empty text fits every entry. */
export interface Wanted {
  actor: string;
  action: string;
  object: string;
}

const given = (wanted: Wanted) =>
  Object.fromEntries(Object.entries(wanted).flatMap(([name, text]) => (text.trim() ? [[name, text.trim()]] : [])));

export const useAudit = (wanted: Wanted) =>
  useInfiniteQuery({
    queryKey: [...ADMIN, 'audit', wanted],
    initialPageParam: undefined as number | undefined,
    queryFn: ({ pageParam }) =>
      api.GET('/api/audit', { params: { query: { ...given(wanted), before: pageParam, limit: PAGE } } }).then(body),
    getNextPageParam: ({ next }) => next ?? undefined,
    select: ({ pages }) => pages.flatMap(({ items }) => items),
  });

const sentence = (error: unknown): string => (error instanceof ApiProblem ? error.message : words.admin.failed);

/** Change something, and ask for all lists again. Returns the answer, or undefined if the server refused. */
async function change<Answer>(doing: () => Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await doing();
  } catch (error) {
    toast(sentence(error));
    return undefined;
  } finally {
    queries.invalidateQueries({ queryKey: ADMIN });
  }
}

const ofUser = (name: string) => ({ params: { path: { name } } });
const ofKey = ({ id }: Key) => ({ params: { path: { id } } });

export const addUser = (name: string) => change(() => api.POST('/api/users', { body: { name } }).then(body));
export const disableUser = (name: string, disabled: boolean) =>
  change(() => api.PATCH('/api/users/{name}', { ...ofUser(name), body: { disabled } }));
export const removeUser = (name: string) => change(() => api.DELETE('/api/users/{name}', ofUser(name)));
export const addKey = (user: string, scope: Key['scope'], label: string, days: number | null) =>
  change(() => api.POST('/api/keys', { body: { user, scope, label, days } }).then(body));
export const rotateKey = (key: Key) =>
  change(() => api.POST('/api/keys/{id}/rotate', { ...ofKey(key), body: { hours: 24 } }).then(body));
export const revokeKey = (key: Key) => change(() => api.POST('/api/keys/{id}/revoke', ofKey(key)));
