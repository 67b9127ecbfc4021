import type { Location } from '../../api/problem';
import type { AdapterDescription, ModelDescription, Prompted } from '../../api/types';
import type { Change } from '../../document/change';
import { words } from '../../words/words';

type Entry = AdapterDescription['entry'];
type Fitted = Pick<AdapterDescription, 'entry' | 'kind' | 'cross_attention_dim' | 'in_channels' | 'block_channels'>;
type Wearer = Pick<ModelDescription, 'kind' | 'adapters' | 'cross_attention_dim' | 'channels' | 'block_channels'>;

type Width = number | number[] | null | undefined;

const agree = (own: Width, others: Width) => own == null || others == null || `${own}` === `${others}`;

/** True if an adapter fits a model, by the same rules as the server's `AdapterDescription.misfit`. */
export const fits = (adapter: Fitted, model: Wearer): boolean =>
  adapter.kind === model.kind &&
  (model.adapters == null || model.adapters.includes(adapter.entry)) &&
  agree(adapter.cross_attention_dim, model.cross_attention_dim) &&
  agree(adapter.in_channels, model.channels) &&
  agree(adapter.block_channels, model.block_channels);

/** An adapter in a list: its id and its title. */
export type Choice = readonly [id: string, title: string];

/** The props for the fields of one sort of adapter: the prompt's present ones, and the available ones. */
export interface AdapterProps<Value> {
  value: Value;
  choices: readonly Choice[];
  fault: (...at: Location) => string | undefined;
  change: (part: Change<Prompted>, name: string) => void;
}

/** The adapters of one sort that fit a model; none if the model is unknown. */
export const offered = (
  all: readonly AdapterDescription[],
  entry: Entry,
  model: ModelDescription | undefined,
): Choice[] =>
  model ? all.filter((one) => one.entry === entry && fits(one, model)).map(({ id, title }) => [id, title]) : [];

/** The choices together with the chosen adapter, even if it does not fit or the server does not have it. */
export const withTaken = (choices: readonly Choice[], taken: string): Choice[] =>
  choices.some(([id]) => id === taken) ? [...choices] : [[taken, words.adapters.notForModel(taken)], ...choices];
