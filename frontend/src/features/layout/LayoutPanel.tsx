import type { ReactNode } from 'react';
import type { Kind } from '../../api/types';
import { useDraft } from '../../document/store';
import { Suggestions } from '../prompts/Suggestions';
import { CustomPanel } from './CustomPanel';
import { IllusionPanel } from './IllusionPanel';
import { PanoramaPanel } from './PanoramaPanel';
import { PortraitPanel } from './PortraitPanel';
import { RegionsPanel } from './RegionsPanel';
import { ScenePanel } from './ScenePanel';
import { TexturePanel } from './TexturePanel';

const PANELS: Record<Kind, () => ReactNode> = {
  panorama: PanoramaPanel,
  regions: RegionsPanel,
  scene: ScenePanel,
  portrait: PortraitPanel,
  illusion: IllusionPanel,
  texture: TexturePanel,
  custom: CustomPanel,
};

/** The fields of the current layout, and the words that its model knows. */
export function LayoutPanel() {
  const kind = useDraft((now) => now.draft.kind);
  const Panel = PANELS[kind];
  return (
    <>
      <Panel />
      {kind !== 'custom' && <Suggestions />}
    </>
  );
}
