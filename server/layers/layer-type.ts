/** What one type of reference layer is: the entries of the registry in index.ts are of this shape and are served as data. */
import type { Sentence } from '../errors.ts';

export type LayerTypeId =
  | 'eco-red-line'
  | 'land-use'
  | 'slope'
  | 'dem'
  | 'slope-zones'
  | 'boundary'
  | 'township'
  | 'occupation'
  | 'issue'
  | 'steep-ban'
  | 'levelling';

/** What is read out of a layer's attributes: columns of layer_feature, and class_name, which stands in for a missing class_code. */
export type LayerColumn =
  | 'name'
  | 'number'
  | 'class_code'
  | 'class_name'
  | 'planting'
  | 'slope_class'
  | 'measure'
  | 'approval'
  | 'dated'
  | 'issue_source';

export interface LayerType {
  id: LayerTypeId;
  title: Sentence;
  kind: 'polygon' | 'raster';
  /** the year is a label the person gives: a date in the table may be of the mapping, not of the survey */
  needs_year: boolean;
  /** attribute names in order of preference, compared case-blind, cut to a DBF's 10 bytes or not */
  fields: Partial<Record<LayerColumn, readonly string[]>>;
  /** of each group one column must be found, else `attribute-missing` */
  required: readonly (readonly LayerColumn[])[];
  /**
   * where the layer says something at all (CONTRACT §3.1): 'own-classes' the union of its polygons that have a class;
   * 'boundary' the county's boundary layer when one is in the run, else everywhere; 'cells' raster cells with a value
   */
  coverage: 'own-classes' | 'boundary' | 'cells';
  note: Sentence;
}
