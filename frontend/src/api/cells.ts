import { create } from 'zustand';
import type { ModelDescription } from './types';

const USUAL = 8; // pixels of a latent cell, of papercut and of every Stable Diffusion

/** The pixels of a latent cell of each model that the server has told of, by the model's id. */
export const useCells = create<Readonly<Record<string, number>>>(() => ({}));

export const learnCells = (models: readonly ModelDescription[]): void =>
  useCells.setState(Object.fromEntries(models.map(({ id, cell }) => [id, cell])));

/** The pixels of a model's latent cell. A model that is not known or not chosen yet has those of all known models if they
 * agree, and otherwise the usual ones. */
export function cellOf(model: string | null): number {
  const cells = useCells.getState();
  const [first, ...others] = new Set(Object.values(cells));
  return (model !== null && cells[model]) || (others.length === 0 ? first : undefined) || USUAL;
}
