/** How a layer type looks on the map and in the legend. One file per type beside this one, a line in the index. */
import type { LayerSpecification } from 'maplibre-gl';

/** A style layer before it is told its id and source. */
export type LookLayer = Pick<LayerSpecification, 'type'> & {
  paint?: Record<string, unknown>;
  layout?: Record<string, unknown>;
  minzoom?: number;
};

export interface Look {
  type: string;
  /** drawing order among the layers: the larger lies on top */
  height: number;
  shownAtFirst: boolean;
  layers: LookLayer[];
  /** the same in the legend: an outline, maybe dashed, over a filling */
  legend: {
    line: string;
    dash?: string;
    fill?: string;
    /** where the filling tells classes apart: each with the word of `finding.group` */
    classes?: readonly { group: string; fill: string }[];
  };
}
