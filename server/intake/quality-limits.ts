/**
 * From where on a shape, or two beside each other, are told to be odd. None of it makes a parcel wrong (CONTRACT §3 says what does): it
 * is told with `warning`, so that a surveyor looks there.
 */

/** Vertices nearer than this are one: coordinates are given to the millimetre (精度=0.001, DOMAIN §4.1). */
export const sameVertexM = 0.001;

/**
 * A corner sharper than this whose sides both reach further than `spikeM` is a spike: one of 5° is under 9 cm wide a metre from its tip,
 * less than twice the 5 cm to which boundary points are measured.
 */
export const spikeDeg = 5;
export const spikeM = 1;

/**
 * A part, a hole or a gap thinner than this is a sliver. The mean width of a strip is twice area ÷ perimeter, of which under 0.2 m
 * counts as an error of the boundary (DOMAIN §1.6).
 */
export const sliverM = 0.4;

/** Narrower than this is no gap: two points that are one, each rounded to the millimetre, lie up to 1.4 mm apart. */
export const gapLeastM = 0.002;
/** A gap is at least so many times as long as wide and no shorter than `gapLengthM`: corners that nearly meet, and wedges over 5.7°, are none. */
export const gapSlender = 10;
export const gapLengthM = 1;

/** An overlap within a set is told from here on: the floor under which areas are noise (DOMAIN §1.6). */
export const overlapM2 = 1;

/** A vertex further than this beyond the county is outside: boundary and parcel may follow one line, each rounded in its own file. */
export const outsideM = gapLeastM;

/** places of one kind listed of one shape; the last problem gives the count of the rest */
export const placesListed = 100;
