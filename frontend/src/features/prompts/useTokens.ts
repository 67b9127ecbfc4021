import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { api, body } from '../../api/client';
import type { ModelDescription } from '../../api/types';
import type { Reading } from '../../prompts/reading';

const SETTLED = 250; // milliseconds without a change before the server is asked
const MARKERS = 2; // tokens that mark the start and the end
const NEARLY = 0.8; // of the limit; a longer prompt is counted even if nobody writes in it
const PIECES = /'(?:s|t|re|ve|m|ll|d)|\p{L}+|\p{N}|[^\s\p{L}\p{N}]+/gu; // into which CLIP divides a text first

interface Length {
  tokens: number;
  limit: number;
  chunks: number;
  /** False for the estimate that stands until the server has counted. */
  exact: boolean;
}

function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), SETTLED);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}

/** The length of a prompt in the model's tokens: as the server counts it, or an estimate until it has. Null without a
 * model. The server is asked while the prompt is written, and if it may be longer than the text encoder reads at
 * once. */
export function useTokens(reading: Reading, model: ModelDescription | undefined, writing: boolean): Length | null {
  const texts = reading.spans.map(({ text }) => text);
  const about = texts.reduce((sum, text) => sum + (text.match(PIECES)?.length ?? 0), 0);
  const limit = (model?.max_tokens ?? 0) - MARKERS;
  const key = JSON.stringify(texts);
  const settled = useSettled(key);
  const counted = useQuery({
    queryKey: ['tokens', model?.id, settled],
    queryFn: ({ signal }) =>
      api
        .POST('/api/models/{id}/tokens', {
          params: { path: { id: model?.id ?? '' } },
          body: { parts: JSON.parse(settled) },
          signal,
        })
        .then(body),
    enabled: model !== undefined && about > 0 && (writing || about > NEARLY * limit),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
    retry: false,
  }).data;
  if (!model) return null;
  if (about === 0) return { tokens: 0, limit, chunks: 1, exact: true };
  if (counted && settled === key) return { ...counted, exact: true };
  return { tokens: about, limit, chunks: 1, exact: false };
}
