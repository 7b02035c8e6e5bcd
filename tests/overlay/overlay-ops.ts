/** What the operations of the JTS suite mean, and where its answer is not exact. */
/** By operation: whether land in a, in b, counts. */
export const counted = {
  intersection: (a: boolean, b: boolean) => a && b,
  union: (a: boolean, b: boolean) => a || b,
  difference: (a: boolean, b: boolean) => a && !b,
  symdifference: (a: boolean, b: boolean) => a !== b,
};

/** Two polygons along one line: JTS rounds 0.05 % off there. In rational arithmetic, by Green's theorem over all pairs of edges: */
export const exactly = new Map([
  ['http://postgis.refractions.net/pipermail/postgis-users/2006-March/011316.html', 2.1556559885399483e-6],
]);
