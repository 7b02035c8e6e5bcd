import type { filterZh } from './filter-zh.ts';

export const filterEn: typeof filterZh = {
  filter: {
    label: 'Filter parcels',
    q: 'Parcel id, project code or name',
    more: 'Filters',
    check: 'Check',
    outcome: 'Outcome',
    state: 'Review',
    project_code: 'Project',
    township: 'Township',
    area: 'Area',
    areaMin: 'Area at least (mu)',
    areaMax: 'Area at most (mu)',
    any: 'any',
    noTownship: 'no township',
    clear: 'Clear filters',
    found: '{n} parcels',
    sort: 'Order',
  },
  state: { suspected: 'to review', confirmed: 'confirmed', rejected: 'rejected', stale: 'out of date' },
  sort: {
    '-deduct_area_m2': 'Deducted area, largest first',
    '-restore_area_m2': 'Area to restore, largest first',
    '-remediate_area_m2': 'Area to remediate, largest first',
    '-area_m2': 'Parcel area, largest first',
    area_m2: 'Parcel area, smallest first',
    parcel_id: 'By parcel id',
    project_code: 'By project code',
    township: 'By township',
    upload: 'In upload order',
  },
};
