import { create } from 'zustand';
import type { ModelDescription } from './types';

const USUAL = 8; // pixels of a latent cell, of papercut and of every Stable Diffusion

interface Cells {
  /** The pixels of a latent cell of each model that the server has told of, by the model's id. */
  of: Readonly<Record<string, number>>;
  /** Those of the model that a draft without one runs on; null until it is known. */
  first: number | null;
}

export const useCells = create<Cells>(() => ({ of: {}, first: null }));

export const learnCells = (models: readonly ModelDescription[]): void =>
  useCells.setState({ of: Object.fromEntries(models.map(({ id, cell }) => [id, cell])) });

/** The pixels of a model's latent cell; without a model, those of the model that the draft runs on. A model that is not
 * known has those of all known models if they agree, and otherwise the usual ones. */
export function cellOf(model: string | null): number {
  const { of, first } = useCells.getState();
  const [any, ...others] = new Set(Object.values(of));
  return (model === null ? first : of[model]) || (others.length === 0 ? any : undefined) || USUAL;
}
